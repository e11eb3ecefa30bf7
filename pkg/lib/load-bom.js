import { openBomModule } from "./bom-module.js";
import { LabelgateError, toLabelgateError } from "./error.js";
import { answerChecks } from "./signatures.js";
import { readSource } from "./source.js";
import { encodeText, parseJson, requireBytes } from "./wire.js";

/** A BOM on its way into a raw list, which stays in the module for it. */
export class ListedBom {
  _list;

  constructor(list) {
    this._list = list;
    list.beginBom();
  }

  push(piece) {
    this._list.pushBom(piece);
  }

  /** Ends it, with the signed note beside it; answers the signatures that the host is to check. */
  end(note) {
    return this._list.endBom(note);
  }

  /** Has the host check what `end` left open. */
  async check(open) {
    await answerChecks(this._list, open);
  }

  /** Brings it into force, and says what was found in it. */
  conclude() {
    const signers = parseJson(this._list.bomSigners());
    return { ...parseJson(this._concluded()), signers };
  }

  _concluded() {
    return this._list.concludeBom();
  }
}

/**
 * A BOM on its way into a raw gate: read in the module for it, and handed over block by block, so that its items are in
 * one of the two memories at a time. The gate keeps the BOM that it has until `conclude`.
 */
export class IncomingBom extends ListedBom {
  #call;
  #isAlive;

  /**
   * @param {<T>(step: (raw: import("../wasm/labelgate.js").Gate) => T) => T} call calls the raw gate
   * @param {() => boolean} isAlive whether there still is one
   */
  static async into(call, isAlive = () => true) {
    const { List } = await openBomModule();
    const policy = call((raw) => raw.bomPolicy());
    return new IncomingBom(call, isAlive, attempt(() => new List(policy)));
  }

  constructor(call, isAlive, list) {
    super(list);
    this.#call = call;
    this.#isAlive = isAlive;
  }

  push(piece) {
    super.push(piece);
    this.#handBlocksOver();
  }

  /** Gives back what it took, also of the gate's memory when it did not come to its end. */
  free() {
    try {
      this._list.free();
    } finally {
      if (this.#isAlive()) this.#call((raw) => raw.dropBlocks());
    }
  }

  _concluded() {
    const handover = this._list.handOver();
    this.#handBlocksOver();
    return this.#call((raw) => raw.concludeBom(handover));
  }

  #handBlocksOver() {
    for (;;) {
      const block = this._list.takeBlock();
      if (block === undefined) return;
      this.#call((raw) => raw.takeBlock(block));
    }
  }
}

/** Reads a BOM to its end, with its signatures checked on the way; answers what was found in it. */
export async function readBom(incoming, source, { checkpoint, ...options } = {}) {
  const note = checkpoint === undefined ? undefined : textBytes(checkpoint, "checkpoint");
  await readSource(source, (piece) => attempt(() => incoming.push(piece)), options);
  const open = attempt(() => incoming.end(note));
  await incoming.check(open).catch((thrown) => {
    throw toLabelgateError(thrown);
  });
  return attempt(() => incoming.conclude());
}

/** Runs a step of the module, and throws what it throws as an error of ours. */
export function attempt(step) {
  try {
    return step();
  } catch (thrown) {
    throw toLabelgateError(thrown);
  }
}

function textBytes(value, name) {
  return typeof value === "string" ? encodeText(value) : requireBytes(value, name);
}

/** What is thrown after `free()`. */
export function freed(what) {
  return new LabelgateError("freed", `this ${what} was freed`);
}
