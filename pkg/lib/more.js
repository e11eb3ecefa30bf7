/*
 * The second wasm module: SHA-3, BLAKE2b, BLAKE3, and signatures of ES256 and ES384, and published lists with files
 * against them (lib/bom.js). Loaded when it is needed; who needs none of it never pays for it.
 */
import { LabelgateError, toLabelgateError } from "./error.js";
import { supportsSimd } from "./simd.js";
import { requireBytes } from "./wire.js";

/** How this runtime gets the compiled module, at once or as a promise; set once by the entry. */
let compile;
let loading;
let loaded;

/** Says how to get the compiled module, without getting it yet. The first entry that says so wins. */
export function provideMore(compileModule) {
  compile ??= compileModule;
}

/** Loads the module, once; answers what it exports, and itself as `module`. */
export function openMore() {
  if (loading === undefined) {
    loading = open();
    // One that failed, for instance because a file was out of reach, may be tried again.
    loading.catch(() => (loading = undefined));
  }
  return loading;
}

async function open() {
  if (compile === undefined) {
    throw new LabelgateError("not-loaded", "call `await initMore(…)` of labelgate/slim before using this");
  }
  if (!supportsSimd()) {
    throw new LabelgateError("not-loaded", "this engine has no fixed-width SIMD, which the second module needs");
  }
  const [exports, module] = await Promise.all([import("../wasm/more.js"), compile()]);
  const { memory } = exports.initSync({ module });
  loaded = { ...exports, memory, module };
  return loaded;
}

/** What the module exports; an error when it is not loaded. */
export function requireMore(what) {
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
