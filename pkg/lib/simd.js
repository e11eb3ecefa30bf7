/**
 * The smallest module with a 128-bit vector in it: one function that makes one and throws it away. An
 * engine that finds it valid has fixed-width SIMD.
 */
const PROBE = Uint8Array.of(
  ...[0, 0x61, 0x73, 0x6d, 1, 0, 0, 0], // the magic number and the version
  ...[1, 4, 1, 0x60, 0, 0], // one type: from nothing to nothing
  ...[3, 2, 1, 0], // one function of it
  ...[10, 9, 1, 7, 0, 0x41, 0, 0xfd, 15, 0x1a, 0x0b], // i32.const 0, i8x16.splat, drop
);

/** Whether this engine runs the modules that use SIMD. */
export function supportsSimd() {
  return WebAssembly.validate(PROBE);
}
