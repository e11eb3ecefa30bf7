import { initSync } from "../wasm/labelgate.js";
import { LabelgateError } from "./error.js";

/** How this runtime gets the compiled module; set once by the entry. */
let compile;
let compiled;

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
  initSync({ module });
  compiled = module;
  return compiled;
}
