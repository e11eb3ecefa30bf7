/* The published list of a data set: what is found in it, who signed it, and files against it. */
import type { BomPolicy } from "./policy.js";
import type { ReadOptions, Source } from "./source.js";

export interface LoadBomOptions extends ReadOptions {
  /** The checkpoint beside the BOM, a C2SP signed note. */
  checkpoint?: string | Uint8Array | ArrayBuffer | undefined;
}

/**
 * What was found in a BOM. In an envelope that is refused nothing is read: then only `trusted`, `refusal`, `why` and
 * `signers` are there.
 */
export interface BomSummary {
  /** Listed items. */
  items: number;
  /** How many of them have no digest that proves anything. */
  weak_only: number;
  /** Version of CycloneDX. */
  spec_version: "1.5" | "1.6" | "1.7";
  /** `urn:uuid:…`, when the BOM has one. */
  serial_number?: string;
  /** Version of this BOM under its serial number, from 1. */
  version: number;
  /** Whether the BOM claims to list every item, so that absence is a proof. */
  complete: boolean;
  /** SHA-256 of the document as it was read: `sha256:` and lower-case hexadecimal. */
  digest: string;
  /** Whether pinned keys stand behind it. It is not asked here whether it has lapsed: `expires_at_ms`. */
  trusted: boolean;
  /** Why it is not trusted: a stable code such as `no-signature`, `key-not-pinned` or `bad-signature`. */
  refusal?: string;
  /** The same as a sentence for people: lower case, without a final stop. */
  why?: string;
  /** When its checkpoint lapses, in Unix milliseconds; absent without a checkpoint that is trusted. */
  expires_at_ms?: number;
  /** How many publications its checkpoint counts. */
  publications?: number;
  /** Thumbprints (RFC 7638, SHA-256) of the pinned keys whose signatures are good, also when they are too few. */
  signers: string[];
}

/** Whose signature is trusted: these members of the policy's section `bom`. */
export type PinnedTrust = Pick<BomPolicy, "keys" | "threshold" | "serial_number" | "checkpoint">;

/**
 * How a file stands to the list, or a listed item to the files.
 *
 * - `matched`: the bytes that are listed under this name
 * - `altered`: other bytes than those that are listed under this name
 * - `missing`: listed, and no file has this name
 * - `extra`: the name is not listed
 * - `swapped`: two files, each with the bytes of the other
 * - `moved`: no file has this name, and a file whose name is not listed has its bytes
 * - `unproven`: listed without a digest that was measured: nothing proves these bytes
 */
export type FileStanding = "matched" | "altered" | "missing" | "extra" | "swapped" | "moved" | "unproven";

/** How many stand how. Of a swap both files are counted. */
export type Counts = { [standing in FileStanding]: number } & {
  /** Whether the list is trusted and has not lapsed, every file matches and no item is missing. */
  verified: boolean;
};

/** A file or an item, with all that is to be said of it. */
export interface Difference {
  /** The name of the file, or of the item that is missing or was moved. */
  name: string;
  /** The other file of a swap, where a moved one is now, or an item whose bytes an altered or extra file has. */
  other?: string;
  /** Strong digests that are listed under the name, at most 16. */
  expected: string[];
  /** Digests of the file: none when it is missing, and none of one that matches, whose digests are `expected`. */
  measured: string[];
}

/** Files against a list; `compare()` of `Bom` makes it. It holds memory of the wasm module. */
export interface Comparison {
  /**
   * Compares a file with what is listed under its name, byte for byte: paths relative to the data set, with `/`.
   * What is answered here is not the last word: `conclude` finds out what was swapped or moved.
   *
   * @param digest as `Hasher` answers it, `sha256:…`; several when several algorithms are listed, and then all of those
   * must agree
   * @throws `LabelgateError` `digest` when it is none
   */
  meet(name: string, digest: string | string[]): "matched" | "altered" | "extra" | "unproven";

  /**
   * Ends the comparison: finds what is missing and what belongs together, and counts.
   *
   * @param options `now`: the time at which the list must be good, in Unix milliseconds. Default: `Date.now()`.
   */
  conclude(options?: { now?: number | undefined }): Counts;

  /** Some of those that stand like this, after `conclude`. Default: the first 100. */
  list(standing: FileStanding, page?: { from?: number; count?: number }): Difference[];

  /** Gives the memory back. */
  free(): void;

  /** The same, for `using`. */
  [Symbol.dispose](): void;
}
