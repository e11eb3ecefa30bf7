import { LabelgateError, toLabelgateError } from "./error.js";
import { answerChecks } from "./signatures.js";
import { readSource } from "./source.js";
import { encodeText, parseJson, requireBytes } from "./wire.js";

/**
 * Reads a BOM into a raw gate, with its signatures checked on the way; answers what was found in it.
 *
 * @param {<T>(step: (raw: import("../wasm/labelgate.js").Gate | import("../wasm/more.js").List) => T) => T} call
 * calls the raw gate or list, and throws once it was freed
 */
export async function readBom(call, source, { checkpoint, ...options } = {}) {
  const note = checkpoint === undefined ? undefined : textBytes(checkpoint, "checkpoint");
  call((raw) => raw.beginBom());
  try {
    await readSource(source, (piece) => call((raw) => raw.pushBom(piece)), options);
    const open = call((raw) => raw.endBom(note));
    await answerChecks(call((raw) => raw), open).catch((thrown) => {
      throw toLabelgateError(thrown);
    });
    const signers = call((raw) => raw.bomSigners());
    return { ...parseJson(call((raw) => raw.concludeBom())), signers: parseJson(signers) };
  } catch (error) {
    // Beginning anew gives back the memory of what was read so far; the BOM in force stays.
    if (error?.code !== "crashed" && error?.code !== "freed") call((raw) => raw.beginBom());
    throw error;
  }
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
