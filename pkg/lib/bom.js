import { openBomModule } from "./bom-module.js";
import { LabelgateError } from "./error.js";
import { attempt, freed, ListedBom, readBom } from "./load-bom.js";
import { encodeText, parseJson, requireTime } from "./wire.js";

/** Rows of one `list`. Chosen: enough for a screen, and a short message to another thread. */
const ROWS = 100;

/** A published list of items, read and checked; files are compared with it. */
export class Bom {
  /** The module that reads lists. */
  #module;
  #raw;
  summary;

  constructor(module, raw, token) {
    if (token !== OURS) throw new LabelgateError("usage", "use `await Bom.load(…)`");
    this.#module = module;
    this.#raw = raw;
  }

  static async load(source, pinned, options) {
    const module = await openBomModule();
    const section = encodeText(JSON.stringify({ ...pinned, trust: "pinned-key" }));
    const raw = attempt(() => new module.List(section));
    const loaded = new Bom(module, raw, OURS);
    try {
      const summary = await readBom(new ListedBom(raw), source, options);
      loaded.summary = Object.freeze(summary);
      return loaded;
    } catch (error) {
      loaded.free();
      throw error;
    }
  }

  get trusted() {
    return this.summary.trusted === true;
  }

  algorithms(name) {
    return this.#call((raw) => raw.algorithms(requireName(name))).split(" ");
  }

  compare() {
    const withList = (step) => this.#call(step);
    return new Comparison(new this.#module.Comparison(), withList, this.summary);
  }

  free() {
    this.#raw?.free();
    this.#raw = undefined;
  }

  #call(step) {
    const raw = this.#raw;
    if (raw === undefined) throw freed("BOM");
    return attempt(() => step(raw));
  }
}

/** Files against one BOM. `bom.compare()` makes it. */
class Comparison {
  #withList;
  #summary;
  #raw;
  #isConcluded = false;

  constructor(raw, withList, summary) {
    this.#raw = raw;
    this.#withList = withList;
    this.#summary = summary;
  }

  meet(name, digest) {
    if (this.#isConcluded) throw new LabelgateError("usage", "this comparison was concluded: begin another one");
    const digests = Array.isArray(digest) ? digest.join(" ") : String(digest);
    return this.#call((raw, list) => raw.meet(list, requireName(name), digests));
  }

  // The clock is read here, in JavaScript: the core takes time as an argument and has none of its own.
  conclude({ now = Date.now() } = {}) {
    const time = requireTime(now);
    if (this.#isConcluded) throw new LabelgateError("usage", "this comparison was concluded already");
    const counts = parseJson(this.#call((raw, list) => raw.conclude(list)));
    this.#isConcluded = true;
    const isEqual = Object.entries(counts).every(([standing, count]) => standing === "matched" || count === 0);
    const { trusted, expires_at_ms: expiry } = this.#summary;
    return { verified: trusted === true && !(time >= expiry) && isEqual, ...counts };
  }

  list(standing, { from = 0, count = ROWS } = {}) {
    for (const number of [from, count]) {
      if (!Number.isInteger(number) || number < 0 || number > 0xffff_ffff) {
        throw new LabelgateError("usage", "from and count must be whole numbers from 0 on");
      }
    }
    return parseJson(this.#call((raw, list) => raw.list(list, String(standing), from, count)));
  }

  free() {
    this.#raw?.free();
    this.#raw = undefined;
  }

  #call(step) {
    const raw = this.#raw;
    if (raw === undefined) throw freed("comparison");
    return this.#withList((list) => step(raw, list));
  }
}

const OURS = Symbol("made by Bom.load");

for (const { prototype } of [Bom, Comparison]) {
  // Older browsers have no `Symbol.dispose`; there `free()` is the only way.
  if (!Symbol.dispose) break;
  Object.defineProperty(prototype, Symbol.dispose, { value: prototype.free, writable: true, configurable: true });
}

/** Text that is well-formed: another name must not become a listed one on its way into the module. */
function requireName(name) {
  if (typeof name === "string" && !/\p{Surrogate}/u.test(name)) return name;
  throw new LabelgateError("usage", "a name must be a string without half a surrogate pair");
}
