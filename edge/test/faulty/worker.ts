import { Gate } from "../../../pkg/wasm/labelgate.js";
import { IncomingBom } from "../../src/package.js";
import worker from "../../src/worker.ts";

export { AnnotatorObject, BomObject, ItemShard } from "../../src/worker.ts";
export default worker;

// The worker as it is deployed, with a gate that fails for the annotators whose names say so.

const { screen, admit, observeItem } = Gate.prototype;

Gate.prototype.screen = function (submission) {
  return screen.call(says(submission, "trap-in-screen") ? nowhere() : this, submission);
};

Gate.prototype.admit = function (annotator, submission, nowMs) {
  const at = says(submission, "trap-in-admit") || (annotator && says(submission, "trap-on-replay")) ? nowhere() : this;
  const known = says(submission, "twice") ? undefined : annotator;
  return admit.call(at, known, submission, nowMs);
};

/** An item that remembers more than a row holds. */
Gate.prototype.observeItem = function (item, submission, weight, pool) {
  const [state, ...rest] = observeItem.call(this, item, submission, weight, pool);
  return says(submission, "too-long") ? [new Uint8Array(3_000_000), ...rest] : [state, ...rest];
};

const { push, free } = IncomingBom.prototype;
const trapped = new WeakSet<IncomingBom>();

/** A BOM that says so is cut off by a trap: what reads it counts as in use from then on, and is not given back. */
IncomingBom.prototype.push = function (piece) {
  if (new TextDecoder().decode(piece).includes("trap-in-push")) {
    trapped.add(this);
    throw new WebAssembly.RuntimeError("unreachable");
  }
  push.call(this, piece);
};

IncomingBom.prototype.free = function () {
  if (trapped.has(this)) {
    throw new Error("attempted to take ownership of Rust value while it was borrowed");
  }
  free.call(this);
};

/** A gate at an address that the module does not have: a call is cut off by a real trap. */
function nowhere(): Gate {
  return Object.assign(Object.create(Gate.prototype), { __wbg_ptr: 0xffff_fff0 }) as Gate;
}

function says(submission: Uint8Array | number[], annotator: string): boolean {
  return new TextDecoder().decode(Uint8Array.from(submission)).includes(`"annotator":"${annotator}"`);
}
