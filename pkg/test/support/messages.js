/* Messages to hash, for Node and for pages. */

/** Around the ends of blocks, of slices, and of what is sent another way in some runtime. */
export const LENGTHS = [
  ...Array(130).keys(), 183, 184, 191, 192, 247, 248, 255, 256, 1000, 1023, 1024, 1025, 1535, 1536, 1537, 3071, 3072, 3073, 5119,
  5120, 5121, 12_287, 12_288, 16_383, 16_384, 16_385, 65_536, 131_071, 131_073, 262_143, 262_144, 262_145, 400_001,
];

/** Bytes that repeat with no period near a block's length. */
export function bytes(length, seed = 0) {
  return Uint8Array.from({ length }, (_, index) => (index * 131 + (index >> 7) * 17 + seed * 29) & 0xff);
}

/** Messages one after the other, and where each ends. */
export function pack(messages) {
  const ends = new Uint32Array(messages.length);
  let length = 0;
  for (const [n, message] of messages.entries()) ends[n] = length += message.length;
  const packed = new Uint8Array(length);
  for (const [n, message] of messages.entries()) packed.set(message, ends[n] - message.length);
  return [packed, ends];
}
