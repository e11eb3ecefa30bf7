import { Gate, initSync } from "../../../pkg/wasm/labelgate.js";
import module from "../../src/wasm-module.js";
import { ReadyGate } from "../../src/gate.ts";
import { IncomingBom } from "../../src/package.js";

initSync({ module });

/** One vector file, as the test sends it. */
interface Vector {
  policy: unknown;
  before?: unknown[];
  bom: unknown;
  checkpoint?: string;
  gold: unknown;
  steps: { nowMs: number; submission: string }[];
}

type Views = [full: string, view: string | undefined];

/** Runs a vector through the gate's own memory, and step by step as the Durable Objects do. */
export default {
  async fetch(request: Request): Promise<Response> {
    const vector = (await request.json()) as Vector;
    const steps = vector.steps.map(({ nowMs, submission }) => ({ nowMs, submission: fromBase64(submission) }));
    const whole = await gateOf(vector);
    const apart = new Apart(await gateOf(vector));
    return Response.json({
      whole: steps.map(({ nowMs, submission }): Views => [text(whole.check(submission, nowMs)), undefined]),
      apart: steps.map(({ nowMs, submission }) => apart.check(submission, nowMs)),
    });
  },
};

/** The steps of `annotator.ts` and `item.ts`, with maps instead of storage. */
class Apart {
  readonly #gate: ReadyGate;
  readonly #annotators = new Map<string, Uint8Array>();
  readonly #items = new Map<string, Uint8Array>();
  #pool: Uint8Array | undefined;

  constructor(gate: Gate) {
    this.#gate = new ReadyGate(gate, 0);
  }

  check(submission: Uint8Array, nowMs: number): Views {
    const screened = this.#gate.screen(submission);
    if ("judged" in screened) {
      return [text(screened.judged.full), text(screened.judged.view)];
    }
    const { annotator, item } = screened.named;
    const before = this.#annotators.get(annotator);
    const admitted = this.#gate.admit(before, submission, nowMs);
    if ("judged" in admitted) {
      return [text(admitted.judged.full), text(admitted.judged.view)];
    }
    const observed = this.#gate.observeItem(this.#items.get(item), submission, admitted.weight, this.#pool);
    this.#items.set(item, observed.item);
    this.#pool = observed.pool;
    for (const { annotator: other, score } of observed.late) {
      const known = this.#annotators.get(other);
      if (known !== undefined) {
        this.#annotators.set(other, this.#gate.hear(known, score));
      }
    }
    const concluded = this.#gate.observeAnnotator(before, submission, observed.observation, nowMs);
    this.#annotators.set(annotator, concluded.annotator);
    return [text(concluded.judged.full), text(concluded.judged.view)];
  }
}

async function gateOf({ policy, before = [], bom, gold, checkpoint }: Vector): Promise<Gate> {
  const gate = new Gate(bytes(policy));
  for (const published of bom === null ? before : [...before, bom]) {
    const incoming = await IncomingBom.into((step) => step(gate));
    incoming.push(bytes(published));
    incoming.end(checkpoint === undefined ? undefined : new TextEncoder().encode(checkpoint));
    incoming.conclude();
    incoming.free();
  }
  if (gold !== null) {
    gate.setGold(bytes(gold));
  }
  return gate;
}

function fromBase64(text: string): Uint8Array {
  return Uint8Array.from(atob(text), (unit) => unit.charCodeAt(0));
}

/** The bytes of a document; a string is the text itself. */
function bytes(document: unknown): Uint8Array {
  return new TextEncoder().encode(typeof document === "string" ? document : JSON.stringify(document));
}

function text(bytes: Uint8Array): string {
  return new TextDecoder().decode(bytes);
}
