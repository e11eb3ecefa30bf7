import { initSync } from "../wasm/labelgate.js";
import { LabelgateError } from "./error.js";

/** How this runtime gets the compiled module; set once by the entry. */
let compile;
let compiled;
let memory;
let view = new Uint8Array();

/** Says how to get the compiled module, without getting it yet. The first entry that says so wins. */
export function provideModule(compileModule) {
  compile ??= compileModule;
}

/** Compiles and instantiates the module on first use, so that a mere import costs nothing. */
export function loadModule() {
  if (compiled !== undefined) return compiled;
  if (compile === undefined) {
    throw new LabelgateError("not-loaded", "call `await init(…)` of labelgate/slim before using labelgate");
  }
  const module = compile();
  ({ memory } = initSync({ module }));
  compiled = module;
  return compiled;
}

/** The module's memory as bytes. Good until the next call into the module: growing detaches it. */
export function memoryBytes() {
  if (view.length === 0) view = new Uint8Array(memory.buffer);
  return view;
}
