/*
 * Hashing of bytes at hand, each by the quickest of three ways: the lanes of the wasm module for many short messages,
 * its stream for one, the runtime's own WebCrypto for long ones. All give the same bytes.
 */
import { isOwnable, loadFor, ownDigest, rawHasher, requireAlgorithm } from "./algorithms.js";
import { LabelgateError, toLabelgateError } from "./error.js";
import { poolFor } from "./hash-pool.js";
import { toHex } from "./hex.js";
import { DIGEST_BYTES, SLICE_BYTES, Slice, hashOne } from "./lanes.js";
import { PIECE_BYTES, YIELD_BYTES, bytesAtHand, yieldToEventLoop } from "./source.js";
import { requireBytes } from "./wire.js";

/**
 * From how many bytes on WebCrypto is quicker: than the lanes for a message among many, and than the stream for one
 * alone. Measured by benches/wasm/hashing/; docs/performance.md has the figures. The entry says which runtime it is.
 */
const CROSSOVERS = {
  browser: { many: 5 * 1024, one: 2.5 * 1024 },
  node: { many: 7 * 1024, one: 13 * 1024 },
  workerd: { many: 2.5 * 1024, one: 768 },
};
let runtime = "browser";

/** Most bytes of messages that wait for WebCrypto at once; it holds a copy of each. Chosen; not measured. */
const WAITING_BYTES = 8 * 1024 * 1024;

export function provideRuntime(name) {
  runtime = name;
}

export async function hash(content, { algorithm = "sha256" } = {}) {
  requireAlgorithm(algorithm);
  const bytes = requireContent(content);
  const own = bytes.length >= CROSSOVERS[runtime].one && isOwnable(bytes) ? ownDigest(algorithm) : undefined;
  if (own !== undefined) return toText(algorithm, new Uint8Array(await own(bytes)));
  if (algorithm === "sha256" && bytes.length <= SLICE_BYTES) return toText(algorithm, hashOne(bytes));
  await loadFor(algorithm);
  return toText(algorithm, await streamed(algorithm, bytes));
}

export async function hashMany(messages, { algorithm = "sha256", workers = 0 } = {}) {
  requireAlgorithm(algorithm);
  const contents = Array.from(messages, requireContent);
  if (algorithm !== "sha256") {
    const hashed = [];
    for (const bytes of contents) hashed.push(await hash(bytes, { algorithm }));
    return hashed;
  }
  const pool = await poolFor(workers);
  const digests = pool === undefined ? await hashContents(contents) : await pool.hash(...packed(contents));
  const hex = toHex(digests);
  const digits = 2 * DIGEST_BYTES;
  return contents.map((_, n) => `sha256:${hex.slice(n * digits, (n + 1) * digits)}`);
}

export async function hashPacked(bytes, ends, { workers = 0 } = {}) {
  const content = requireBytes(bytes, "bytes");
  const fixed = requireEnds(content, ends);
  const pool = await poolFor(workers);
  return pool === undefined ? hashRuns(content, fixed) : pool.hash(content, fixed);
}

/** The digests of packed messages, on this thread. */
async function hashRuns(content, ends) {
  const digests = new Uint8Array(ends.length * DIGEST_BYTES);
  const from = longFrom(content);
  const at = (place) => content.subarray(place === 0 ? 0 : ends[place - 1], ends[place]);
  const long = [];
  for (let place = 0, start = 0; place < ends.length; start = ends[place], place += 1) {
    if (ends[place] - start >= from) long.push(place);
  }
  const longDone = hashLong(long, at, digests);

  const slice = new Slice(digests);
  const breathe = breathing();
  // The bytes of short messages that follow one another are copied in one go.
  let runStart = 0;
  for (let place = 0, start = 0; place < ends.length; place += 1) {
    const end = ends[place];
    const isLong = end - start >= from;
    const isFull = !isLong && slice.isFullFor(end - start);
    if (isLong || isFull) {
      slice.copyRun(content.subarray(runStart, start));
      runStart = isLong ? end : start;
    }
    if (isFull) {
      slice.end();
      await breathe(SLICE_BYTES);
    }
    if (!isLong) slice.addEnd(place, end - start);
    start = end;
  }
  slice.copyRun(content.subarray(runStart));
  slice.end();
  await longDone;
  return digests;
}

/** The digests of messages that are each a view of its own, on this thread. */
async function hashContents(contents) {
  const digests = new Uint8Array(contents.length * DIGEST_BYTES);
  const isLong = (bytes) => bytes.length >= longFrom(bytes);
  const long = [];
  contents.forEach((bytes, place) => isLong(bytes) && long.push(place));
  const longDone = hashLong(long, (place) => contents[place], digests);

  const slice = new Slice(digests);
  const breathe = breathing();
  for (let place = 0; place < contents.length; place += 1) {
    const bytes = contents[place];
    if (isLong(bytes)) continue;
    if (slice.isFullFor(bytes.length)) {
      slice.end();
      await breathe(SLICE_BYTES);
    }
    slice.add(place, bytes);
  }
  slice.end();
  await longDone;
  return digests;
}

/** From which length on a message does not go to the lanes. */
function longFrom(bytes) {
  return ownDigest("sha256") !== undefined && isOwnable(bytes) ? CROSSOVERS[runtime].many : SLICE_BYTES + 1;
}

/**
 * The digests of the messages at these places. Where the runtime hashes them by itself it does so beside this thread,
 * which meanwhile has the short ones to do.
 */
async function hashLong(places, at, digests) {
  const breathe = breathing();
  const own = ownDigest("sha256");
  let waiting = [];
  let waitingBytes = 0;
  for (const place of places) {
    const bytes = at(place);
    const take = (digest) => digests.set(new Uint8Array(digest), place * DIGEST_BYTES);
    if (own !== undefined && isOwnable(bytes)) {
      waiting.push(own(bytes).then(take));
      waitingBytes += bytes.length;
      if (waitingBytes >= WAITING_BYTES) {
        await Promise.all(waiting);
        waiting = [];
        waitingBytes = 0;
      }
    } else {
      // Later, because the caller has a slice open that no other call may come between.
      await breathe(YIELD_BYTES);
      take(await streamed("sha256", bytes));
    }
  }
  await Promise.all(waiting);
}

/** The digest as the gate writes it: `sha256:` and lower-case hexadecimal. */
function toText(algorithm, digest) {
  return `${algorithm}:${toHex(digest)}`;
}

/** One message through the wasm module in pieces between which other work runs. */
async function streamed(algorithm, bytes) {
  const raw = new (rawHasher(algorithm))(algorithm);
  const breathe = breathing();
  try {
    for (let start = 0; start < bytes.length; start += PIECE_BYTES) {
      const piece = bytes.subarray(start, start + PIECE_BYTES);
      raw.update(piece);
      await breathe(piece.length);
    }
    return raw.digest();
  } catch (thrown) {
    throw toLabelgateError(thrown);
  } finally {
    raw.free();
  }
}

/** A function that is told of bytes done, and lets other work run after every few megabytes. */
function breathing() {
  let untilYield = YIELD_BYTES;
  return (bytes) => {
    untilYield -= bytes;
    if (untilYield > 0) return undefined;
    untilYield = YIELD_BYTES;
    return yieldToEventLoop();
  };
}

/** Messages one after the other, and where each ends. */
function packed(contents) {
  const ends = new Uint32Array(contents.length);
  let length = 0;
  contents.forEach((bytes, place) => (ends[place] = length += bytes.length));
  if (length > 0xffff_ffff) throw new LabelgateError("usage", "messages for workers must be less than 4 GiB in all");
  const bytes = new Uint8Array(length);
  contents.forEach((content, place) => bytes.set(content, ends[place] - content.length));
  return [bytes, ends];
}

function requireContent(content) {
  const bytes = bytesAtHand(content);
  if (bytes === undefined) {
    throw new LabelgateError("usage", "what is hashed must be a Uint8Array, an ArrayBuffer or a string");
  }
  return bytes;
}

/** A copy of the ends, checked: the caller may use its array for the next messages while these are hashed. */
function requireEnds(content, ends) {
  if (!(ends instanceof Uint32Array)) throw new LabelgateError("usage", "ends must be a Uint32Array");
  const fixed = new Uint32Array(ends);
  let last = 0;
  for (const end of fixed) {
    if (end < last) throw new LabelgateError("usage", "no end of a message may be below the one before");
    last = end;
  }
  if (last !== content.length) throw new LabelgateError("usage", "the last message must end where the bytes end");
  return fixed;
}
