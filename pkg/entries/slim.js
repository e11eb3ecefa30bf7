import { openBomModule, provideBom } from "../lib/bom-module.js";
import { openCrowd, provideCrowd } from "../lib/crowd.js";
import { LabelgateError } from "../lib/error.js";
import { loadModule, provideModule } from "../lib/module.js";
import { openMore, provideMore } from "../lib/more.js";
import { providePageWorker } from "../lib/page-worker.js";
import { isResponse, requireOk } from "../lib/source.js";
import { asBytes } from "../lib/wire.js";

providePageWorker();

/** Loads the module that the caller brings. The first one stays. */
export async function init(source) {
  const module = await compile(await source);
  provideModule(() => module);
  loadModule();
}

/** The same at once, for a compiled module or bytes. */
export function initSync(source) {
  const bytes = asBytes(source);
  const module = bytes === undefined ? source : new WebAssembly.Module(bytes);
  requireModule(module);
  provideModule(() => module);
  loadModule();
}

/** Loads the module that reads a BOM, which the caller brings. The first one stays. */
export async function initBom(source) {
  const module = await compile(await source);
  provideBom(() => module);
  await openBomModule();
}

/** Loads the second module that the caller brings. The first one stays. */
export async function initMore(source) {
  const module = await compile(await source);
  provideMore(() => module);
  await openMore();
}

/** Loads the module for crowds that the caller brings. The first one stays. */
export async function initCrowd(source) {
  const module = await compile(await source);
  provideCrowd(() => module);
  await openCrowd();
}

export { supportsSimd } from "../lib/simd.js";
export * from "../lib/api.js";

async function compile(source) {
  const bytes = asBytes(source);
  if (bytes !== undefined) return WebAssembly.compile(bytes);
  if (!isResponse(source)) return requireModule(source);
  requireOk(source);
  // Streaming lets the browser keep the compiled code beside the cached file, but insists on this type.
  const isWasm = source.headers.get("content-type")?.startsWith("application/wasm");
  return isWasm ? WebAssembly.compileStreaming(source) : WebAssembly.compile(await source.arrayBuffer());
}

function requireModule(value) {
  if (value instanceof WebAssembly.Module) return value;
  throw new LabelgateError(
    "usage",
    "init needs a WebAssembly.Module, the bytes of labelgate.wasm or a Response with them",
  );
}
