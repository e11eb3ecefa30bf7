import { Gate as RawGate, defaultPolicy as rawDefaultPolicy, version as rawVersion } from "../wasm/labelgate.js";
import { LabelgateError, toLabelgateError } from "./error.js";
import { Hasher } from "./hasher.js";
import { attempt, freed, IncomingBom, readBom } from "./load-bom.js";
import { loadModule, memoryBytes } from "./module.js";
import { ShardLoader, requireRanges } from "./shards.js";
import { decodeText, encodeText, parseJson, requireBytes, requireTime, toJsonBytes } from "./wire.js";

const MOST_BYTES = 0xffff_ffff;
const lengthOf = Object.getOwnPropertyDescriptor(Object.getPrototypeOf(Uint8Array.prototype), "length").get;

/** One gate: a policy, a BOM, gold answers, and in memory what it remembers of annotators and items. */
export class Gate {
  #raw;
  #loadingBom = false;
  #shards;
  // Where the module takes submissions of up to so many bytes; it stays there until more are asked for.
  #room = 0;
  #roomBytes = -1;

  constructor(policy = {}) {
    loadModule();
    const bytes = toJsonBytes(policy, "policy");
    this.#raw = attempt(() => new RawGate(bytes));
  }

  async loadBom(source, options) {
    if (this.#loadingBom) throw new LabelgateError("busy", "this gate is loading a BOM already");
    this.#loadingBom = true;
    let incoming;
    try {
      incoming = await IncomingBom.into((step) => this.#call(step), () => this.#raw !== undefined);
      return await readBom(incoming, source, options);
    } finally {
      this.#loadingBom = false;
      incoming?.free();
    }
  }

  indexUrl() {
    return this.#call((raw) => raw.indexUrl());
  }

  openIndex(manifest, ranges) {
    const bytes = requireBytes(manifest, "manifest");
    requireRanges(ranges);
    this.#call((raw) => raw.openIndex(bytes));
    this.#shards = new ShardLoader(bytes, ranges);
  }

  async loadItem(submission, { signal } = {}) {
    const bytes = toJsonBytes(submission, "submission");
    for (;;) {
      const wanted = this.#call((raw) => raw.wanted(bytes));
      if (wanted === undefined) return;
      const take = (shard, read) => this.#call((raw) => raw.takeShard(shard, read));
      await this.#shards.load(wanted, take, signal);
    }
  }

  setGold(gold) {
    const bytes = toJsonBytes(gold, "gold");
    this.#call((raw) => raw.setGold(bytes));
  }

  check(submission, { now = Date.now() } = {}) {
    return parseJson(this.checkView(toJsonBytes(submission, "submission"), now));
  }

  // The clock is read here, in JavaScript: the core takes time as an argument and has none of its own.
  checkBytes(submission, now = Date.now()) {
    return this.checkView(submission, now).slice();
  }

  // No closure and no array of its own: this is the path for those who check thousands a second.
  checkView(submission, now = Date.now()) {
    const raw = this.#raw;
    if (raw === undefined) throw freed("gate");
    const time = requireTime(now);
    let bytes = requireBytes(submission, "submission");
    // Another thread may grow the first between two looks at its length; the module may move the second.
    if (bytes.buffer.growable || bytes.buffer === memoryBytes().buffer) bytes = bytes.slice();
    // The engine's own length, which no property of the caller's can hide.
    const length = lengthOf.call(bytes);
    try {
      // The module counts in 32 bits, and its memory has no room for more; a policy allows far less.
      if (length > MOST_BYTES) return raw.checkTooLarge(MOST_BYTES);
      if (length > this.#roomBytes) {
        const room = raw.roomFor(length);
        // Over the policy's bound: the module need not see the bytes, but for their number.
        if (room === 0) return raw.checkTooLarge(length);
        this.#room = room;
        this.#roomBytes = length;
      }
      // A detached array has no bytes, and is judged as such.
      if (length > 0) memoryBytes().set(bytes, this.#room);
      const verdictBytes = raw.checkWritten(length, time);
      const from = raw.verdictAt();
      return memoryBytes().subarray(from, from + verdictBytes);
    } catch (thrown) {
      throw toLabelgateError(thrown);
    }
  }

  checkLines(ndjson, now = Date.now()) {
    const bytes = typeof ndjson === "string" ? encodeText(ndjson) : requireBytes(ndjson, "ndjson");
    return this.#call((raw) => raw.checkLines(bytes, requireTime(now)));
  }

  save() {
    return this.#call((raw) => raw.save());
  }

  restore(state) {
    this.#call((raw) => raw.restore(requireBytes(state, "state")));
  }

  screen(submission) {
    return this.#call((raw) => raw.screen(requireBytes(submission, "submission")));
  }

  admit(annotator, submission, now) {
    return this.#call((raw) =>
      raw.admit(optionalBytes(annotator, "annotator"), requireBytes(submission, "submission"), requireTime(now)),
    );
  }

  observeItem(item, submission, weight, pool) {
    if (typeof weight !== "number") throw new LabelgateError("usage", "weight must be a number");
    const [itemState, observation, poolState, ...rest] = this.#call((raw) =>
      raw.observeItem(
        optionalBytes(item, "item"),
        requireBytes(submission, "submission"),
        weight,
        optionalBytes(pool, "pool"),
      ),
    );
    const late = [];
    for (let at = 0; at < rest.length; at += 2) late.push({ annotator: decodeText(rest[at]), score: rest[at + 1] });
    return [itemState, observation, poolState, late];
  }

  hear(annotator, score) {
    return this.#call((raw) => raw.hear(requireBytes(annotator, "annotator"), requireBytes(score, "score")));
  }

  observeAnnotator(annotator, submission, observation, now) {
    return this.#call((raw) =>
      raw.observeAnnotator(
        optionalBytes(annotator, "annotator"),
        requireBytes(submission, "submission"),
        requireBytes(observation, "observation"),
        requireTime(now),
      ),
    );
  }

  unchecked(submission, why) {
    return this.#call((raw) => raw.unchecked(requireBytes(submission, "submission"), String(why)));
  }

  hasher(algorithm) {
    return new Hasher(algorithm);
  }

  free() {
    this.#raw?.free();
    this.#raw = undefined;
  }

  #call(step) {
    const raw = this.#raw;
    if (raw === undefined) throw freed("gate");
    return attempt(() => step(raw));
  }
}

// Older browsers have no `Symbol.dispose`; there `free()` is the only way.
if (Symbol.dispose) {
  Object.defineProperty(Gate.prototype, Symbol.dispose, {
    value: Gate.prototype.free,
    writable: true,
    configurable: true,
  });
}

/** The default policy in full, as the gate reads `{}`. */
export function defaultPolicy() {
  loadModule();
  return parseJson(attempt(() => rawDefaultPolicy()));
}

/** The release of the gate inside the wasm module. */
export function version() {
  loadModule();
  return rawVersion();
}

function optionalBytes(value, name) {
  return value === undefined || value === null ? undefined : requireBytes(value, name);
}
