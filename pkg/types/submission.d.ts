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
export type Digests = { [algorithm in Algorithm]?: string } & { [other: string]: string | undefined };

/**
 * A hash algorithm that is taken as proof of content. `blake3` is the one with 32 bytes. All are read and compared;
 * computing those outside SHA-2 takes the second module, see `loadMore`.
 */
export type Algorithm =
  | "sha256"
  | "sha384"
  | "sha512"
  | "sha3-256"
  | "sha3-384"
  | "sha3-512"
  | "blake2b-256"
  | "blake2b-384"
  | "blake2b-512"
  | "blake3";

/** The kinds of label. Equal answers may be sent in any order; the gate brings them into one form. */
export interface LabelKinds {
  /** Rectangles along the axes; at most 256, repeats count once. */
  boxes: BoundingBox[];
  /** One class out of several; 1 to 256 bytes. */
  class: string;
  /** A set of classes: each once, at most 64, in any order. */
  classes: string[];
  /** Named points; at most 256, each name once. One that cannot be seen is left out. */
  keypoints: Keypoint[];
  /** A finite number on an interval, ratio or circular scale. */
  number: number;
  /** Outlines; at most 64, with 1,024 corners together, repeats count once. */
  polygons: Polygon[];
  /**
   * Items, best first; a tier of ties is an array: `["a", ["b", "c"], "d"]`. 1 to 256 items, each once. A preference
   * between two is a ranking of two.
   */
  ranking: (string | string[])[];
  /** A step of an ordinal scale: a whole number. */
  rating: number;
  /** Stretches of a text or a recording; at most 1,024, repeats count once. */
  spans: Span[];
  /** Free text; at most 16 KiB. */
  text: string;
}

type LabelOf<Kind extends keyof LabelKinds> = Pick<LabelKinds, Kind> & {
  [Other in Exclude<keyof LabelKinds, Kind>]?: never;
};

/** The answer: exactly one of the kinds, for instance `{ class: "cat" }`. */
export type Label = { [Kind in keyof LabelKinds]: LabelOf<Kind> }[keyof LabelKinds];

/** A rectangle along the axes. Coordinates within 10^9, width and height above 0. */
export interface BoundingBox {
  x: number;
  y: number;
  width: number;
  height: number;
  class?: string;
}

/** A named point. Coordinates within 10^9. */
export interface Keypoint {
  name: string;
  x: number;
  y: number;
}

/** An outline: its corners in turn, 3 or more, the last joined to the first. Coordinates within 10^9. */
export interface Polygon {
  points: [x: number, y: number][];
  class?: string;
}

/** A stretch from `start` to before `end`: whole numbers from 0 to 10^9, `start` below `end`. */
export interface Span {
  start: number;
  end: number;
  class?: string;
}

export type ClassLabel = LabelOf<"class">;
export type ClassSetLabel = LabelOf<"classes">;
export type RatingLabel = LabelOf<"rating">;
export type NumberLabel = LabelOf<"number">;

/** Items whose answer the gate knows and the annotator does not: item id to the accepted labels. */
export type Gold = Record<string, Label[]>;
