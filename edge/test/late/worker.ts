import { Gate } from "../../../pkg/wasm/labelgate.js";
import type { Screened, Taken } from "../../src/annotator.ts";
import type { Numbered, Numbering } from "../../src/late.ts";
import worker, { AnnotatorObject as Annotator } from "../../src/worker.ts";

export { BomObject, ItemShard } from "../../src/worker.ts";
export default worker;

// The worker as it is deployed, with failures on the way of late scores.

export class AnnotatorObject extends Annotator {
  #taken = 0;
  #hasFailed = false;

  /** The first answer of one annotator reaches its item, and then nothing can be stored. */
  override async take(submission: Screened): Promise<Taken> {
    if (submission.annotator !== "stores-nothing-at-first" || this.#hasFailed) {
      return super.take(submission);
    }
    this.#hasFailed = true;
    const { storage } = this.ctx;
    const transactionSync = storage.transactionSync.bind(storage);
    let calls = 0;
    storage.transactionSync = (work) => {
      calls += 1;
      // The first one makes the tables.
      if (calls === 2) {
        storage.transactionSync = transactionSync;
        throw new Error("nothing was stored");
      }
      return transactionSync(work);
    };
    return super.take(submission);
  }

  /** Takes the first late scores and then fails to say so, as when the connection breaks. */
  override async hear(numbering: Numbering, scores: Numbered[], nowMs: number): Promise<boolean> {
    const isTaken = await super.hear(numbering, scores, nowMs);
    this.#taken += isTaken ? 1 : 0;
    if (isTaken && this.#taken === 1) {
      throw new Error("the answer was lost");
    }
    return isTaken;
  }
}

const { observeItem } = Gate.prototype;

/** With the answer of one annotator, a score comes last that no row holds: those before it are rolled back. */
Gate.prototype.observeItem = function (item, submission, weight, pool) {
  const parts = observeItem.call(this, item, submission, weight, pool);
  const rollsBack = new TextDecoder().decode(Uint8Array.from(submission)).includes('"annotator":"rolls-back"');
  return rollsBack ? [...parts, new TextEncoder().encode("nobody"), new Uint8Array(3_000_000)] : parts;
};
