/* One labelling session: the gate with the sample's BOM, and the memory of its annotators and items. */
import { Gate } from "../labelgate/entries/browser.js";

/** The task of the sample. Every other threshold is the default. */
export const CLASSES = ["bird", "cat", "fish", "snail"];
const POLICY = {
  bom: { trust: "unsigned-for-development" },
  label: { kind: "class", classes: CLASSES },
};

const decoder = new TextDecoder();
const encoder = new TextEncoder();
const parse = (bytes) => JSON.parse(decoder.decode(bytes));

export class Labelling {
  #gate;
  // The steps keep no memory themselves, so it is here; the edge keeps it in Durable Objects.
  #annotators = new Map();
  #items = new Map();
  #pool;

  /** @param {{bom: Blob, files: {path: string, file: Blob}[]}} sample */
  static async begin({ bom, files }) {
    const labelling = new Labelling();
    await labelling.#gate.loadBom(bom);
    labelling.items = await Promise.all(
      files.map(async ({ path, file }) => ({ name: path, bytes: new Uint8Array(await file.arrayBuffer()) })),
    );
    return labelling;
  }

  constructor() {
    this.#gate = new Gate(POLICY);
  }

  end() {
    this.#gate.free();
  }

  digest(bytes) {
    return this.#gate.hasher().hash(bytes);
  }

  /**
   * Takes the pure steps one by one, because only they answer with both views: the full one, and what
   * the annotator may know.
   */
  check(text) {
    const submission = encoder.encode(text);
    const nowMs = Date.now();
    const startedMs = performance.now();
    const views = this.#steps(submission, nowMs);
    return { ...views, tookMs: performance.now() - startedMs };
  }

  #steps(submission, nowMs) {
    const screened = parse(this.#gate.screen(submission));
    if (screened.verdict) return ended(screened);
    const { annotator, item } = screened.submission;
    const admitted = parse(this.#gate.admit(this.#annotators.get(annotator), submission, nowMs));
    if (admitted.verdict) return ended(admitted);
    const known = this.#items.get(item);
    const [itemState, observation, pool, late] = this.#gate.observeItem(known, submission, admitted.weight, this.#pool);
    this.#items.set(item, itemState);
    this.#pool = pool;
    for (const { annotator: other, score } of late) {
      const state = this.#annotators.get(other);
      if (state !== undefined) this.#annotators.set(other, this.#gate.hear(state, score));
    }
    const [annotatorState, verdict, view] = this.#gate.observeAnnotator(
      this.#annotators.get(annotator),
      submission,
      observation,
      nowMs,
    );
    this.#annotators.set(annotator, annotatorState);
    return { verdict: parse(verdict), view: parse(view) };
  }
}

function ended({ verdict, annotator_view: view }) {
  return { verdict, view };
}
