import { Comparison as RawComparison, Gate as RawGate } from "../wasm/labelgate.js";
import { LabelgateError } from "./error.js";
import { attempt, freed, readBom } from "./load-bom.js";
import { loadModule } from "./module.js";
import { encodeText, parseJson } from "./wire.js";

/** Rows of one `list`. Chosen: enough for a screen, and a short message to another thread. */
const ROWS = 100;

/** A published list of items, read and checked; files are compared with it. */
export class Bom {
  // A gate that checks no submissions: its BOM is what is used of it.
  #raw;
  summary;

  constructor(raw, token) {
    if (token !== OURS) throw new LabelgateError("usage", "use `await Bom.load(…)`");
    this.#raw = raw;
  }

  static async load(source, pinned, options) {
    loadModule();
    const bom = pinned === undefined ? { trust: "unsigned-for-development" } : { ...pinned, trust: "pinned-key" };
    const policy = encodeText(JSON.stringify({ bom }));
    const loaded = new Bom(
      attempt(() => new RawGate(policy)),
      OURS,
    );
    try {
      const summary = await readBom((step) => loaded.#call(step), source, options);
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
    return this.#call((raw) => RawComparison.algorithms(raw, requireName(name))).split(" ");
  }

  compare() {
    return new Comparison((step) => this.#call(step), this.trusted);
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
  #withBom;
  #isTrusted;
  #raw = new RawComparison();
  #isConcluded = false;

  constructor(withBom, isTrusted) {
    this.#withBom = withBom;
    this.#isTrusted = isTrusted;
  }

  meet(name, digest) {
    if (this.#isConcluded) throw new LabelgateError("usage", "this comparison was concluded: begin another one");
    const digests = Array.isArray(digest) ? digest.join(" ") : String(digest);
    return this.#call((raw, gate) => raw.meet(gate, requireName(name), digests));
  }

  conclude() {
    if (this.#isConcluded) throw new LabelgateError("usage", "this comparison was concluded already");
    const counts = parseJson(this.#call((raw, gate) => raw.conclude(gate)));
    this.#isConcluded = true;
    const isEqual = Object.entries(counts).every(([standing, count]) => standing === "matched" || count === 0);
    return { verified: this.#isTrusted && isEqual, ...counts };
  }

  list(standing, { from = 0, count = ROWS } = {}) {
    for (const number of [from, count]) {
      if (!Number.isInteger(number) || number < 0 || number > 0xffff_ffff) {
        throw new LabelgateError("usage", "from and count must be whole numbers from 0 on");
      }
    }
    return parseJson(this.#call((raw, gate) => raw.list(gate, String(standing), from, count)));
  }

  free() {
    this.#raw?.free();
    this.#raw = undefined;
  }

  #call(step) {
    const raw = this.#raw;
    if (raw === undefined) throw freed("comparison");
    return this.#withBom((gate) => step(raw, gate));
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
