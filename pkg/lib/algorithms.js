import { Hasher as MainHasher } from "../wasm/labelgate.js";
import { LabelgateError } from "./error.js";
import { loadModule } from "./module.js";
import { openMore, requireMore } from "./more.js";

/** Their names for WebCrypto; the main module computes these. */
const WEB_CRYPTO = { sha256: "SHA-256", sha384: "SHA-384", sha512: "SHA-512" };
/** Computed by the module that is loaded on demand. */
const MORE = ["sha3-256", "sha3-384", "sha3-512", "blake2b-256", "blake2b-384", "blake2b-512", "blake3"];
const ALL = [...Object.keys(WEB_CRYPTO), ...MORE];

export function requireAlgorithm(algorithm) {
  if (ALL.includes(algorithm)) return algorithm;
  throw new LabelgateError("usage", `the algorithm must be one of ${ALL.join(", ")}`);
}

/** Whether the algorithm needs the module that is loaded on demand. */
export function isMore(algorithm) {
  return MORE.includes(algorithm);
}

/** Loads the module that computes the algorithm. */
export async function loadFor(algorithm) {
  if (isMore(algorithm)) await openMore();
  else loadModule();
}

/** The class of the hasher of the module that computes the algorithm, which must be loaded. */
export function rawHasher(algorithm) {
  if (isMore(algorithm)) return requireMore(`hashing with ${algorithm}`).Hasher;
  loadModule();
  return MainHasher;
}

/** The runtime's own digest of this algorithm, from bytes to a promise of a buffer; `undefined` where it has none. */
export function ownDigest(algorithm) {
  const name = WEB_CRYPTO[algorithm];
  // Pages over plain HTTP have no `subtle`.
  const subtle = globalThis.crypto?.subtle;
  if (name === undefined || subtle === undefined) return undefined;
  return (bytes) => subtle.digest(name, bytes);
}

/** Whether the runtime's own digest takes these bytes: it refuses memory that threads share. */
export function isOwnable(bytes) {
  return typeof SharedArrayBuffer === "undefined" || !(bytes.buffer instanceof SharedArrayBuffer);
}
