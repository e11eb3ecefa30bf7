import type { Numbered } from "../../src/late.ts";
import worker, { AnnotatorObject as Annotator } from "../../src/worker.ts";

export { BomObject, ItemShard } from "../../src/worker.ts";
export default worker;

/** Takes the first late scores and then fails to say so, as when the connection breaks. */
export class AnnotatorObject extends Annotator {
  #calls = 0;

  override async hear(shard: string, scores: Numbered[], nowMs: number): Promise<void> {
    await super.hear(shard, scores, nowMs);
    this.#calls += 1;
    if (this.#calls === 1) {
      throw new Error("the answer was lost");
    }
  }
}
