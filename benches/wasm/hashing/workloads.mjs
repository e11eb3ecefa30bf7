// Messages to hash, the same in every runtime: drawn from one small generator with a fixed seed.

function draws(seed) {
  let state = seed;
  return () => {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    return state >>> 0;
  };
}

/** Messages of these lengths: packed (`bytes`, `ends`) and each as a view (`messages`). */
export function batch(lengths) {
  const draw = draws(11);
  let length = 0;
  const ends = Uint32Array.from(lengths, (one) => (length += one));
  const words = new Uint32Array((length + 3) >> 2).map(draw);
  const bytes = new Uint8Array(words.buffer, 0, length);
  const messages = lengths.map((one, n) => bytes.subarray(ends[n] - one, ends[n]));
  return { bytes, ends, messages };
}

const equal = (count, length) => new Array(count).fill(length);

/** 50 bytes to 16 KiB: every doubling of the length equally often. */
function mixed(count) {
  const draw = draws(99);
  return Array.from({ length: count }, () => Math.floor(50 * 2 ** (((draw() % 10_000) / 10_000) * 8.35)));
}

export const WORKLOADS = {
  "10,000 x 150 B": () => batch(equal(10_000, 150)),
  "10,000 x 1 KiB": () => batch(equal(10_000, 1024)),
  "500 x 64 KiB": () => batch(equal(500, 65_536)),
  "5,000 mixed, 50 B to 16 KiB": () => batch(mixed(5000)),
};

/** About 2 MB of messages of one length. */
export function ofLength(length) {
  return batch(equal(Math.max(4, Math.ceil(2_000_000 / length)), length));
}
