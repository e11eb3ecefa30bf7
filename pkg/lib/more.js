/*
 * The second wasm module: SHA-3, BLAKE2b, BLAKE3, and signatures of ES256 and ES384.
 */
import { LabelgateError, toLabelgateError } from "./error.js";
import { onDemand } from "./on-demand.js";
import { requireBytes } from "./wire.js";

const more = onDemand({
  importGlue: () => import("../wasm/more.js"),
  what: "the second module",
  load: "initMore",
});

export const provideMore = more.provide;
export const openMore = more.open;

/** What the module exports; an error when it is not loaded. */
export function requireMore(what) {
  const loaded = more.loaded();
  if (loaded !== undefined) return loaded;
  throw new LabelgateError("not-loaded", `call \`await loadMore()\` before ${what}`);
}

/** Loads what `new Hasher` of SHA-3, BLAKE2b and BLAKE3 needs. */
export async function loadMore() {
  await openMore();
}

export async function verifySignature(algorithm, key, message, signature, { isDigest = false } = {}) {
  const parts = [requireBytes(key, "key"), requireBytes(message, "message"), requireBytes(signature, "signature")];
  if (algorithm !== "ES256" && algorithm !== "ES384") {
    throw new LabelgateError("usage", "the algorithm must be ES256 or ES384");
  }
  const { verify, verifyDigest } = await openMore();
  try {
    return (isDigest ? verifyDigest : verify)(algorithm, ...parts);
  } catch (thrown) {
    throw toLabelgateError(thrown);
  }
}
