/**
 * The one error of this package: a wrong call, or input that cannot be read. A bad submission is
 * never an error; it gets a verdict.
 */
export class LabelgateError extends Error {
  /**
   * @param {string} code stable and kebab-case; the list is `ErrorCode` in index.d.ts
   * @param {string} message a sentence for people; it may change between releases
   * @param {unknown} [cause] what went wrong underneath
   */
  constructor(code, message, cause) {
    super(message, cause === undefined ? undefined : { cause });
    this.name = "LabelgateError";
    this.code = code;
  }
}

/**
 * What a call into the wasm module threw, as a `LabelgateError`.
 *
 * A trap (`WebAssembly.RuntimeError`) is a defect of labelgate itself: input never makes one. A call that began when the
 * caller had used up nearly all of the engine's stack ends in a `RangeError` inside the module, and leaves its object
 * in use; later calls then say `recursive use`. Either way what is in memory cannot be relied on any more.
 */
export function toLabelgateError(thrown) {
  if (thrown instanceof LabelgateError) return thrown;
  if (thrown instanceof WebAssembly.RuntimeError) return crashed("on a defect of its own; load it anew and report it", thrown);
  if (thrown instanceof RangeError || (thrown instanceof Error && thrown.message.startsWith("recursive use"))) {
    return crashed("in the middle of a call, because the engine's stack or memory was used up; load it anew", thrown);
  }
  if (thrown instanceof Error && typeof thrown.code === "string")
    return new LabelgateError(thrown.code, thrown.message);
  return thrown;
}

function crashed(why, cause) {
  return new LabelgateError("crashed", `labelgate stopped ${why}`, cause);
}
