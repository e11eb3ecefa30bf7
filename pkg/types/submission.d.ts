/** One annotator's answer to one item. Schema: docs/schema/submission.json. */
export interface Submission {
  /** Names this submission, once and for ever; 1 to 128 bytes. A retry sends the same id again. */
  id: string;
  /** The account that answers: an opaque id, never a person's name; 1 to 128 bytes. */
  annotator: string;
  /** What was labelled. */
  item: ItemReference;
  /** The answer. */
  label: Label;
  /** When the item was first shown, RFC 3339 with an offset, e.g. `2026-11-23T10:00:00.000Z`. Claimed. */
  started_at?: string;
  /** When the answer was sent, RFC 3339 with an offset. Claimed. */
  submitted_at?: string;
  /** Time spent on the item, in milliseconds, when the platform measures it: a whole number. Claimed. */
  elapsed_ms?: number;
  /** One run of one browser tab, so that its clock can be compared with itself; 1 to 128 bytes. */
  session?: string;
  /** Anything the platform adds. Kept as it came, never interpreted. */
  platform?: unknown;
}

/** Which item, and what its bytes hashed to where it was shown. */
export interface ItemReference {
  /** The platform's id of the item; 1 to 128 bytes. */
  id: string;
  /** The item's name in the BOM, when it is not the id; 1 to 1,024 bytes. */
  name?: string;
  /** Digests of the bytes that were shown. */
  digest?: Digests;
  /**
   * Proof that the index of the published list has the item, in Base64; at most 1,592
   * characters. Without it, or if it proves nothing, the index is asked.
   */
  proof?: string;
}

/** Hexadecimal digests by algorithm, of either case. Others, such as `md5`, prove nothing: `weak-digest`. */
export interface Digests {
  sha256?: string;
  sha384?: string;
  sha512?: string;
  [other: string]: string | undefined;
}

/** A hash algorithm that is taken as proof of content. */
export type Algorithm = "sha256" | "sha384" | "sha512";

/** The answer: exactly one of these kinds. */
export type Label = ClassLabel | ClassSetLabel | RatingLabel | NumberLabel;

/** One class out of several; 1 to 256 bytes. */
export interface ClassLabel {
  class: string;
  classes?: never;
  rating?: never;
  number?: never;
}

/** A set of classes: each once, at most 64, in any order. */
export interface ClassSetLabel {
  classes: string[];
  class?: never;
  rating?: never;
  number?: never;
}

/** A step of an ordinal scale: a whole number. */
export interface RatingLabel {
  rating: number;
  class?: never;
  classes?: never;
  number?: never;
}

/** A finite number on an interval or ratio scale. */
export interface NumberLabel {
  number: number;
  class?: never;
  classes?: never;
  rating?: never;
}

/** Items whose answer the gate knows and the annotator does not: item id to the accepted labels. */
export type Gold = Record<string, Label[]>;
