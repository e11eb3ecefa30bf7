/* The pure steps in the order in which an edge does them, with the memory kept here. Also runs in a page. */
const decode = (bytes) => new TextDecoder().decode(bytes);

const BEFORE = '{"verdict":';
const BETWEEN = ',"annotator_view":';

export class Steps {
  #gate;
  #annotators = new Map();
  #items = new Map();
  #pool;

  constructor(gate) {
    this.#gate = gate;
  }

  /** One submission through all steps; both views as text. */
  check(bytes, now) {
    const screened = this.#result(this.#gate.screen(bytes));
    if (screened.full !== undefined) return screened;
    const { annotator, item } = screened.submission;
    const admitted = this.#result(this.#gate.admit(this.#annotators.get(annotator), bytes, now));
    if (admitted.full !== undefined) return admitted;
    const known = this.#items.get(item);
    const [itemState, observation, pool, late] = this.#gate.observeItem(known, bytes, admitted.weight, this.#pool);
    this.#items.set(item, itemState);
    this.#pool = pool;
    for (const { annotator: other, score } of late) {
      const state = this.#annotators.get(other);
      if (state !== undefined) this.#annotators.set(other, this.#gate.hear(state, score));
    }
    const [state, full, annotatorView] = this.#gate.observeAnnotator(
      this.#annotators.get(annotator),
      bytes,
      observation,
      now,
    );
    this.#annotators.set(annotator, state);
    return { full: decode(full), annotatorView: decode(annotatorView) };
  }

  #result(bytes) {
    const text = decode(bytes);
    if (!text.startsWith(BEFORE)) return JSON.parse(text);
    // Cut out, not parsed and written again: JavaScript writes numbers in its own way. Inside a JSON
    // string the quotes would be escaped, so what stands between the two is found for certain.
    const [full, annotatorView] = text.slice(BEFORE.length, -1).split(BETWEEN);
    return { full, annotatorView };
  }
}
