/// <reference lib="esnext.disposable" />

import type { BomSummary, Comparison, LoadBomOptions, PinnedTrust } from "./types/bom.js";
import type {
  AgreementOptions,
  AgreementReport,
  ConsensusOptions,
  ConsensusResult,
  CrowdAnswers,
} from "./types/crowd.js";
import type { Policy } from "./types/policy.js";
import type { BucketLike, CacheLike, HttpRangeOptions, NamedBlob, Ranges } from "./types/shards.js";
import type { HashOptions, Signal, Source } from "./types/source.js";
import type { Algorithm, Gold, Submission } from "./types/submission.js";
import type { AnnotatorVerdict, Verdict } from "./types/verdict.js";

export type * from "./types/bom.js";
export type * from "./types/crowd.js";
export type * from "./types/policy.js";
export type * from "./types/shards.js";
export type * from "./types/source.js";
export type * from "./types/submission.js";
export type * from "./types/verdict.js";

/** A JSON document: as an object, as text, or as UTF-8 bytes. All three are read by the same strict reader. */
export type Document<T> = T | string | Uint8Array | ArrayBuffer;

/**
 * A gate: a policy, a BOM, gold answers, and in memory what it remembers of annotators and items.
 *
 * It holds memory of the wasm module. `using gate = new Gate(…)` or `gate.free()` gives it back at
 * once; otherwise the engine does so some time after the gate was forgotten.
 *
 * ```js
 * import { Gate } from "labelgate";
 * const gate = new Gate({ bom: { trust: "none" } });
 * const verdict = gate.check({ id: "s-1", annotator: "ann-7", item: { id: "img-1" }, label: { class: "cat" } });
 * ```
 */
export class Gate {
  /** @throws `LabelgateError` `policy` when the policy cannot be read or its values do not fit together. */
  constructor(policy?: Document<Policy>);

  /**
   * Reads a CycloneDX 1.5, 1.6 or 1.7 JSON BOM as a stream, never the whole document at once, and checks its
   * signatures against the keys that the policy pins: a signature inside of it (JSF) or around it (a DSSE envelope,
   * which is kept until it is checked). A BOM that is not trusted is no error here: `trusted` is false, `refusal` and
   * `why` say the reason, and every submission is refused as `bom-untrusted`.
   *
   * Loads the module that reads a BOM, once.
   *
   * @throws `LabelgateError` `bom` when it cannot be read, `http` when a `Response` is no success,
   * `busy` when this gate is loading one already, `policy` when a pinned key is no point of its curve, `not-loaded` in
   * `labelgate/slim` before `initBom`; the signal's reason when aborted.
   */
  loadBom(source: Source, options?: LoadBomOptions): Promise<BomSummary>;

  /**
   * Where the BOM says that the index of its items is, relative to the BOM; nothing when it lists them itself. Read it
   * from there, and give it to `openIndex`.
   */
  indexUrl(): string | undefined;

  /**
   * Opens the index of a BOM whose items are too many to be listed.
   *
   * @param manifest the bytes of `index.json`, which the BOM binds by their digest
   * @param ranges where its files are, such as `httpRanges(url)`
   * @throws `LabelgateError` `bom` when it is not the index that the BOM refers to
   */
  openIndex(manifest: Uint8Array, ranges: Ranges): void;

  /**
   * Reads from the index what a check of this submission asks for; call it before `check`, which then runs at once.
   * One range read, or none when it was read lately or the submission carries its proof. Without it, the
   * submission is held as `unchecked`.
   *
   * @throws `LabelgateError` `http` or `timeout` when it cannot be read, `bom` when it is not what the index names;
   * the signal's reason when aborted.
   */
  loadItem(submission: Document<Submission>, options?: { signal?: Signal | undefined }): Promise<void>;

  /**
   * Sets the gold answers, in place of earlier ones. A secret: it never belongs in a page. With a BOM, name the items
   * as the BOM does: other ids are the sender's word.
   *
   * @throws `LabelgateError` `gold`
   */
  setGold(gold: Document<Gold>): void;

  /**
   * Checks one submission and remembers it. A bad submission is never an error; it gets a verdict.
   *
   * The comfortable way: an object, text or bytes in, an object out. `checkBytes` saves the text.
   */
  check(submission: Document<Submission>, options?: CheckOptions): Verdict;

  /** The fast way: bytes of JSON in, one line of JSON as bytes out. `now` is Unix ms, `Date.now()` if absent. */
  checkBytes(submission: Uint8Array, now?: number): Uint8Array;

  /**
   * The fastest way: the same bytes as `checkBytes`, but as a view of the module's own memory. It is good until the
   * next call of anything in this package; read, decode or send it before, or copy it with `slice()`.
   */
  checkView(submission: Uint8Array, now?: number): Uint8Array;

  /** The same for many: one submission a line (NDJSON) in, one verdict a line out. */
  checkLines(ndjson: Uint8Array | string, now?: number): Uint8Array;

  /** What the gate remembers of annotators and items, to the bit. Policy, BOM and gold are not in it. */
  save(): Uint8Array;

  /** Takes up what `save` gave, in place of the present memory. @throws `LabelgateError` `state` */
  restore(state: Uint8Array): void;

  /**
   * First of the pure steps, for a host that keeps the memory itself: the checks that need none.
   * Answers JSON, a `ScreenResult`.
   */
  screen(submission: Uint8Array): Uint8Array;

  /** Where the annotator's memory is: was this seen before, and is its clock possible? Answers JSON, an `AdmitResult`. */
  admit(annotator: Uint8Array | undefined, submission: Uint8Array, now: number): Uint8Array;

  /**
   * Where the item's memory is: what did the others say? Answers the item's new memory, an observation to hand to
   * `observeAnnotator`, the new memory of the pool, and scores of earlier answers that had waited for others: each
   * for `hear`, once, at any later time. Doing it again for the same submission changes nothing and gives no score
   * again, so store all that it answers at once.
   *
   * @param weight what `admit` answered
   * @param pool what is remembered of all annotators together; kept with the items, one for all or one for each share of them
   */
  observeItem(
    item: Uint8Array | undefined,
    submission: Uint8Array,
    weight: number,
    pool: Uint8Array | undefined,
  ): [item: Uint8Array, observation: Uint8Array, pool: Uint8Array, late: LateScore[]];

  /**
   * Where the annotator's memory is: takes the score of an earlier answer. Answers the annotator's new memory. Of an
   * annotator who is not remembered, drop the score.
   *
   * @param score what `observeItem` gave late
   */
  hear(annotator: Uint8Array, score: Uint8Array): Uint8Array;

  /**
   * Where the annotator's memory is: the evidence, and the decision. Answers the annotator's new memory
   * and both views, each one line of JSON: a `Verdict` and an `AnnotatorVerdict`.
   */
  observeAnnotator(
    annotator: Uint8Array | undefined,
    submission: Uint8Array,
    observation: Uint8Array,
    now: number,
  ): [annotator: Uint8Array, verdict: Uint8Array, annotatorView: Uint8Array];

  /**
   * Holds a submission whose steps could not be done, for instance because the memory is out of reach:
   * neither lost nor let through. Answers both views, each one line of JSON.
   *
   * @param why a sentence for the reviewer; the annotator does not see it
   */
  unchecked(submission: Uint8Array, why: string): [verdict: Uint8Array, annotatorView: Uint8Array];

  /** A hasher for the content of items. @param algorithm default: `sha256` */
  hasher(algorithm?: Algorithm): Hasher;

  /** Gives the memory back. Everything called later throws `LabelgateError` `freed`. */
  free(): void;

  /** The same, for `using`. */
  [Symbol.dispose](): void;
}

/**
 * A published list of items, with which files are compared. A gate checks submissions; this is for whoever holds the
 * files: a mirror, a labelling tool before the work begins, a reader who has downloaded a data set.
 *
 * It holds memory of the wasm module: `using bom = await Bom.load(…)`, or `bom.free()`.
 *
 * ```js
 * import { Bom } from "labelgate";
 * const bom = await Bom.load(await fetch("bom.json"), { keys: [publisherKey] });
 * const comparison = bom.compare();
 * for (const [path, digest] of files) comparison.meet(path, digest);
 * const { verified, altered, missing } = comparison.conclude();
 * ```
 */
export class Bom {
  private constructor();

  /**
   * Reads a BOM and checks its signatures, as `gate.loadBom` does. A BOM that is refused is no error: look at
   * `trusted`, or at `verified` in the end. Without `pinned` no signature is looked at, and nothing is trusted.
   *
   * Loads the module that reads a BOM, once.
   *
   * @throws `LabelgateError` `policy` when the keys cannot be used, `bom` when the BOM cannot be read, `http` when a
   * `Response` is no success, `not-loaded` in `labelgate/slim` before `initBom`; the signal's reason when
   * aborted.
   */
  static load(source: Source, pinned?: PinnedTrust, options?: LoadBomOptions): Promise<Bom>;

  /** What was found in it. */
  readonly summary: Readonly<BomSummary>;

  /** Whether pinned keys stand behind it. */
  get trusted(): boolean;

  /**
   * By which algorithms a file of this name is to be hashed: those that are listed for it. For a name that is not
   * listed those of the first item, so that its bytes are found under another name.
   */
  algorithms(name: string): Algorithm[];

  /** Begins to compare files with the list. Many may run at once. */
  compare(): Comparison;

  /** Gives the memory back. Everything called later throws `LabelgateError` `freed`. */
  free(): void;

  /** The same, for `using`. */
  [Symbol.dispose](): void;
}

/** Hashes content as it arrives, in constant memory. `gate.hasher()` makes one; it needs no gate. */
export class Hasher {
  /**
   * @param algorithm default: `sha256`
   * @throws `LabelgateError` `not-loaded` for an algorithm outside SHA-2 before `loadMore`
   */
  constructor(algorithm?: Algorithm);

  /**
   * Reads a source to its end and answers its digest as the gate writes it: `sha256:` and lower-case
   * hexadecimal. Many may run at once.
   *
   * @throws `LabelgateError` `http`, `usage` or `crashed`; the signal's reason when aborted; what the source threw.
   */
  hash(source: Source, options?: HashOptions): Promise<string>;

  /** Takes the next bytes, at once and in place. */
  update(chunk: Uint8Array | ArrayBuffer): this;

  /** The digest of everything since the last `digest`; the hasher starts anew. */
  digest(): string;

  /** Gives up what `update` took, without a digest. */
  free(): void;

  /** The same, for `using`. */
  [Symbol.dispose](): void;
}

/**
 * Ranges of files beside an address, by `fetch` with `Range`. A server that answers with whole files is refused
 * before it sends them.
 *
 * @param base the address of the folder (ending in `/`) or of a file in it, such as `index.json`
 */
export function httpRanges(base: string | { readonly href: string }, options?: HttpRangeOptions): Ranges;

/** Ranges of objects in a bucket of Cloudflare R2. @param bucket the binding */
export function bucketRanges(
  bucket: BucketLike,
  options?: { prefix?: string | undefined; timeoutMs?: number | undefined },
): Ranges;

/** Ranges of `File`s by their own names, or of `[name, Blob]` pairs such as a `Map`. */
export function blobRanges(files: Iterable<NamedBlob>): Ranges;

/** Ranges of files in a folder of this machine; not in a page. */
export function folderRanges(folder: string): Ranges;

/** The same ranges, kept in a cache such as `caches.default` under addresses below `base`. */
export function cachedRanges(ranges: Ranges, cache: CacheLike, base: string | { readonly href: string }): Ranges;
/** Bytes at hand. Text is hashed as UTF-8. */
export type Content = Uint8Array | ArrayBuffer | string;

export interface DigestOptions {
  /** Default: `sha256`. */
  algorithm?: Algorithm | undefined;
}

export interface BatchOptions {
  /**
   * How many workers share the batch, at most 16. Starting one takes some 30 ms, and it stays for the next batch. Worth it
   * from some 10 MB on. Default: 0, all on this thread. Where a runtime has none, or they do not start, it is done here.
   */
  workers?: number | undefined;
}

/**
 * How far the annotators of a crowd agree, beyond what chance would give: Krippendorff's alpha, Fleiss, Conger, Cohen,
 * Gwet, Brennan-Prediger, Scott, ICC and Kendall, each with its standard error, or the reason why it has no value. Of
 * several answers of one annotator to one task the last counts. Loads a wasm module of its own, once.
 *
 * ```js
 * const { coefficients } = await agreement([
 *   { task: "t1", annotator: "a", label: "cat" },
 *   { task: "t1", annotator: "b", label: "cat" },
 *   { task: "t2", annotator: "a", label: "dog" },
 *   { task: "t2", annotator: "b", label: "cat" },
 * ]);
 * coefficients.krippendorff_alpha.value; // 0
 * ```
 *
 * @throws `LabelgateError` `answers` when the labels are not of one kind or too many to compare, `usage` for what is no
 * answer, `not-loaded` in `labelgate/slim` before `initCrowd`
 */
export function agreement(answers: CrowdAnswers, options?: AgreementOptions): Promise<AgreementReport>;

/**
 * What the answers of a crowd make true, and how good each annotator is. The majority vote is the floor: `departures`
 * says for how many tasks the method names another label.
 *
 * @throws as `agreement`, and `answers` when the method cannot work with these answers
 */
export function consensus(answers: CrowdAnswers, options?: ConsensusOptions): Promise<ConsensusResult>;

/**
 * The digest of bytes at hand, `sha256:` and lower-case hexadecimal, by the quickest way for their length: the wasm
 * module for short ones, the runtime's own WebCrypto for long ones. For what arrives in pieces there is `Hasher`.
 *
 * @throws `LabelgateError` `usage`; `not-loaded` when the second module is needed and out of reach
 */
export function hash(content: Content, options?: DigestOptions): Promise<string>;

/**
 * The digests of many messages, in their order. SHA-256 of short messages goes four at a time, which is several times
 * quicker than one after the other.
 *
 * @throws as `hash`
 */
export function hashMany(messages: Iterable<Content>, options?: DigestOptions & BatchOptions): Promise<string[]>;

/**
 * SHA-256 of many messages that lie one after the other in `bytes`; `ends` says where each ends. Answers 32 bytes a
 * message. The fastest way: no array and no text of its own for any message. `bytes` must not change until it is done.
 *
 * @throws `LabelgateError` `usage` when an end is below the one before, or the last is not the end of the bytes
 */
export function hashPacked(bytes: Uint8Array, ends: Uint32Array, options?: BatchOptions): Promise<Uint8Array>;

/**
 * Loads the wasm module that reads a BOM, once, ahead of the first `loadBom` or `Bom.load`, which load it by themselves:
 * for a page that is to work without a network later.
 *
 * @throws `LabelgateError` `not-loaded` when it is out of reach
 */
export function loadBomModule(): Promise<void>;

/**
 * Loads the second wasm module, once: SHA-3, BLAKE2b, BLAKE3 for `new Hasher`. `hash`, `hashMany` and `verifySignature`
 * load it by themselves when they need it.
 *
 * @throws `LabelgateError` `not-loaded` when it is out of reach, or the engine has no SIMD
 */
export function loadMore(): Promise<void>;

/**
 * Whether `signature` is one of `message` by `key`. Loads the second module.
 *
 * @param key an uncompressed point (SEC1): 65 bytes for `ES256`, 97 for `ES384`
 * @param signature `r` and `s` one after the other, as in a JWS: 64 or 96 bytes
 * @returns false as well when a length is another or the key is no point of the curve
 * @throws `LabelgateError` `usage` for another algorithm; `not-loaded`
 */
export function verifySignature(
  algorithm: "ES256" | "ES384",
  key: Uint8Array,
  message: Uint8Array,
  signature: Uint8Array,
  options?: {
    /** Whether `message` is its digest already: SHA-256 for `ES256`, SHA-384 for `ES384`. Default: false. */
    isDigest?: boolean | undefined;
  },
): Promise<boolean>;

/** The default policy with every member filled in. */
export function defaultPolicy(): Policy;

/** The release of the gate inside the wasm module. */
export function version(): string;

/** The score of an earlier answer, for its annotator. */
export interface LateScore {
  /** Id of the annotator. */
  annotator: string;
  /** For `hear`. */
  score: Uint8Array;
}

export interface CheckOptions {
  /** The time of arrival, in Unix milliseconds. Default: `Date.now()`. */
  now?: number | undefined;
}

/**
 * What `screen` answers: a verdict when the matter ends here, else who and what it is about. `item` is the id to keep
 * the item's memory under: what the BOM calls it, or else the submission's own id for it.
 */
export type ScreenResult =
  | { verdict: Verdict; annotator_view: AnnotatorVerdict; submission?: never }
  | { submission: { id: string; annotator: string; item: string }; verdict?: never; annotator_view?: never };

/** What `admit` answers: a verdict when the matter ends here, else the annotator's weight for `observeItem`. */
export type AdmitResult =
  | { verdict: Verdict; annotator_view: AnnotatorVerdict; weight?: never }
  | { weight: number; verdict?: never; annotator_view?: never };

/** A wrong call, or input that cannot be read. A bad submission is never an error; it gets a verdict. */
export class LabelgateError extends Error {
  constructor(code: ErrorCode, message: string, cause?: unknown);
  override readonly name: "LabelgateError";
  /** Stable; the message may change between releases. */
  readonly code: ErrorCode;
}

/**
 * - `answers`: answers of a crowd that do not fit together, or that a method cannot work with
 * - `bom`: the BOM cannot be read
 * - `busy`: this gate is loading a BOM already
 * - `crashed`: a defect of labelgate itself stopped it, or the engine's stack or memory was used up; load it anew
 * - `digest`: a digest is not hexadecimal or has the wrong length
 * - `freed`: the gate was freed
 * - `gold`: the gold answers cannot be read
 * - `http`: a `Response` is no success, or a store does not give the range it was asked for
 * - `json`: JSON that breaks the strict rules; the message says where
 * - `key`: a key that cannot be read or used
 * - `not-loaded`: the wasm module is not there: `labelgate/slim` before `init`, or a forbidding Content-Security-Policy
 * - `policy`: the policy cannot be read, or its values do not fit together
 * - `signature`: a signed document, envelope or note that cannot be read
 * - `state`: saved memory that is damaged, or of a version that this release does not know
 * - `timeout`: a store did not answer in time
 * - `usage`: an argument is not what the call takes
 */
export type ErrorCode =
  | "answers"
  | "bom"
  | "busy"
  | "crashed"
  | "digest"
  | "freed"
  | "gold"
  | "http"
  | "json"
  | "key"
  | "not-loaded"
  | "policy"
  | "signature"
  | "state"
  | "timeout"
  | "usage";
