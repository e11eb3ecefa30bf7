import { LabelgateError } from "./error.js";

/**
 * Compiles a module that travelled as base64 text.
 *
 * Synchronous, so that nobody has to await. Chromium allows this on a page's main thread up to 8 MiB;
 * the module is far below (`wasmGzipBudget` in package.json).
 */
export function compileInline(base64) {
  const bytes = decodeBase64(base64);
  try {
    return new WebAssembly.Module(bytes);
  } catch (cause) {
    throw new LabelgateError(
      "not-loaded",
      "the wasm module could not be compiled: the engine needs fixed-width SIMD, and a page's Content-Security-Policy must say script-src 'self' 'wasm-unsafe-eval'",
      cause,
    );
  }
}

function decodeBase64(base64) {
  if (typeof Uint8Array.fromBase64 === "function") return Uint8Array.fromBase64(base64);
  const text = atob(base64);
  const bytes = new Uint8Array(text.length);
  for (let index = 0; index < text.length; index += 1) bytes[index] = text.charCodeAt(index);
  return bytes;
}
