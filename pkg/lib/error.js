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
 * A trap (`WebAssembly.RuntimeError`) is a defect of labelgate itself: input never makes one.
 */
export function toLabelgateError(thrown) {
  if (thrown instanceof LabelgateError) return thrown;
  if (thrown instanceof WebAssembly.RuntimeError) {
    return new LabelgateError(
      "crashed",
      "labelgate stopped on a defect of its own; load it anew and report it",
      thrown,
    );
  }
  if (thrown instanceof Error && typeof thrown.code === "string")
    return new LabelgateError(thrown.code, thrown.message);
  return thrown;
}
