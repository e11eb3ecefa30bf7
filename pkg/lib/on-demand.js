import { LabelgateError } from "./error.js";
import { supportsSimd } from "./simd.js";

/**
 * A wasm module that is loaded when it is needed; who needs none of it never pays for it.
 *
 * `importGlue` gets the JavaScript around it; `what` names it in errors, `load` how a user loads it beforehand. One that
 * does not need SIMD is provided in the form that the engine runs.
 */
export function onDemand({ importGlue, what, load, needsSimd = true }) {
  /** How this runtime gets the compiled module, at once or as a promise; set once by the entry. */
  let compile;
  let loading;
  let loaded;

  async function start() {
    if (compile === undefined) {
      throw new LabelgateError("not-loaded", `call \`await ${load}(…)\` of labelgate/slim before using this`);
    }
    if (needsSimd && !supportsSimd()) {
      throw new LabelgateError("not-loaded", `this engine has no fixed-width SIMD, which ${what} needs`);
    }
    const [exports, module] = await Promise.all([importGlue(), compile()]);
    const { memory } = exports.initSync({ module });
    loaded = { ...exports, memory, module };
    return loaded;
  }

  return {
    /** Says how to get the compiled module, without getting it yet. The first entry that says so wins. */
    provide(compileModule) {
      compile ??= compileModule;
    },

    /** Loads the module, once; answers what it exports, and itself as `module`. */
    open() {
      if (loading === undefined) {
        loading = start();
        // One that failed, for instance because a file was out of reach, may be tried again.
        loading.catch(() => (loading = undefined));
      }
      return loading;
    },

    /** What the module exports; nothing when it is not loaded. */
    loaded: () => loaded,
  };
}
