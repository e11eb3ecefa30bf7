import type { EvidenceCode, HeldCode, ProofCode } from "./verdict.js";

/**
 * What stands behind the item checks. `pinned-key`: a BOM signed by a key that the policy pins.
 * `unsigned-for-development`: a BOM without any signature, never in production. `none`: no BOM,
 * labels only; the items' bytes are not checked, and every verdict says so.
 */
export type BomTrust = "pinned-key" | "unsigned-for-development" | "none";

/**
 * The operator's thresholds and actions. `{}` is the default policy; unknown members are refused, so
 * that a misspelt threshold is never silently the default. Schema, with the source of every default:
 * docs/schema/policy.json.
 */
export interface Policy {
  /** Version of this document's form. Default: 1. */
  version?: 1;
  /**
   * The chance that an honest annotator is ever held by the statistical checks, all together.
   * Probability, over 0 and at most 0.5. Default: 0.01.
   */
  alpha?: number;
  /** Largest submission, in bytes, 1 to 16,777,216. Default: 262,144. */
  max_bytes?: number;
  /** The published ML-BOM. */
  bom?: BomPolicy;
  /** What the task allows as a label. Default: null, anything readable. */
  label?: LabelSchema | null;
  /** What is impossible for a clock. */
  clock?: ClockPolicy;
  /** What is remembered of an item. */
  item?: ItemPolicy;
  /** Answers under the floor time. */
  too_fast?: TooFastPolicy;
  /** Answers an hour. */
  rate_burst?: RateBurstPolicy;
  /** Accuracy on gold. */
  gold_missed?: GoldMissedPolicy;
  /** Agreement with others. */
  disagrees?: DisagreesPolicy;
  /** What a finding leads to, where it is not the default. */
  actions?: Actions;
}

/** Proofs reject by default and may hold; evidence holds by default and may be recorded only. */
export type Actions = { [code in Exclude<ProofCode, "malformed" | "too-large">]?: "review" | "reject" } & {
  [code in "malformed" | "too-large"]?: "reject";
} & { [code in EvidenceCode]?: "accept" | "review" } & { [code in HeldCode]?: "review" };

/** The published ML-BOM: what is trusted, and what an item must match. */
export interface BomPolicy {
  /** Default: `pinned-key`, which refuses everything until a signature by a pinned key verifies. */
  trust?: BomTrust;
  /** The pinned keys, at most 16: Ed25519, P-256, P-384, P-521, or RSA with `alg`. Public halves only. Default: none. */
  keys?: PublicJwk[];
  /** How many different pinned keys must have signed, 1 to the number of keys. Default: 1. */
  threshold?: number;
  /** The data set that is expected, `urn:uuid:…`. Default: any that the keys signed. */
  serial_number?: string | null;
  /** The checkpoint that must stand beside the BOM. Default: none, and then nothing says when a BOM lapses. */
  checkpoint?: CheckpointPolicy | null;
  /** Whether an item must be listed by its name, or its digest alone is enough. Default: `optional`. */
  names?: "optional" | "required";
  /** What an unlisted item leads to when the BOM does not claim to be complete. Default: `review`. */
  unlisted_in_incomplete?: "accept" | "review";
}

/**
 * A public key as a JSON Web Key (RFC 7517). Its algorithm is fixed by the key: EdDSA, ES256, ES384 or ES512 by the
 * curve; an RSA key says it by `alg`, from RS256 to PS512. A key with a private member is refused.
 */
export interface PublicJwk {
  kty: string;
  crv?: string;
  x?: string;
  y?: string;
  n?: string;
  e?: string;
  alg?: string;
  kid?: string;
  use?: string;
  key_ops?: string[];
  [member: string]: unknown;
}

/** The checkpoint beside the BOM, a C2SP signed note: who signs it, and who watches it. */
export interface CheckpointPolicy {
  /** Verifier keys of the publisher, `name+hash+base64`, 1 to 16; one must have signed. */
  keys: string[];
  /** Verifier keys of witnesses, who have seen that the log of publications only grows; at most 16. Default: none. */
  witnesses?: string[];
  /** How many of the witnesses must have signed. Default: 0. */
  witness_threshold?: number;
}

/**
 * Which answers a task allows. Where a list of classes, names or items is empty or missing, any will do; where `width`
 * and `height` of the frame are given, shapes must lie within it, from 0.
 */
export type LabelSchema =
  | { kind: "class"; classes: string[] }
  | {
      kind: "classes";
      classes: string[];
      /** Fewest classes in an answer. Default: 0. */
      min?: number;
      /** Most classes in an answer. Default: no bound of its own. */
      max?: number | null;
    }
  | { kind: "rating"; min: number; max: number }
  | {
      kind: "number";
      min?: number | null;
      max?: number | null;
      /**
       * What differences mean. `circular`: `max` is `min` again, both are needed. `ratio`: needs a `min` of at least 0.
       * Default: `interval`.
       */
      scale?: "circular" | "interval" | "ratio";
    }
  | {
      kind: "ranking";
      items?: string[];
      /** Fewest items in an answer. Default: all of `items`. */
      min?: number | null;
      /** Whether items may be as good as each other. Default: true. */
      ties?: boolean;
    }
  | {
      /** `min` and `max` count characters. */
      kind: "text";
      min?: number;
      max?: number | null;
    }
  | {
      kind: "spans";
      classes?: string[];
      /** Fewest spans in an answer. Default: 0. */
      min?: number;
      /** Most spans in an answer. Default: 1,024. */
      max?: number | null;
      /** Length of the text or recording, in units of the offsets. Default: not checked. */
      length?: number | null;
    }
  | {
      kind: "boxes" | "polygons";
      classes?: string[];
      /** Fewest shapes in an answer. Default: 0. */
      min?: number;
      /** Most shapes in an answer. Default: as in any label. */
      max?: number | null;
      width?: number | null;
      height?: number | null;
    }
  | {
      kind: "keypoints";
      names?: string[];
      /** How far apart annotators place each of `names`, in shares of the object's size; above 0. Default: 0.09 each. */
      sigmas?: number[];
      /** Square root of the object's area, in units of the coordinates. Default: of the box around the points. */
      size?: number | null;
      width?: number | null;
      height?: number | null;
    };

export interface ClockPolicy {
  /** How far in the future a first answer may be stamped, in ms, 0 to 10^12. Default: 93,600,000 (26 h). */
  max_ahead_ms?: number;
  /** How far a later answer may run ahead of the session's own offset, in ms, 0 to 10^12. Default: 600,000. */
  max_jump_ms?: number;
}

export interface ItemPolicy {
  /** Most labels remembered of one item, 1 to 65,535; a later one is held as `unchecked`. Default: 4,096. */
  max_labels?: number;
  /** Most bytes of different labels of one item, 65,536 to 16,777,216; a label beyond is held as `unchecked`. Default: 1 MiB. */
  max_bytes?: number;
  /** Probability of the leading label from which an item has enough answers, over 0 and under 1. Default: 0.95. */
  enough_probability?: number;
  /** Fewest answers with which an item has enough, at least 1; `disagrees.min_others` and one more are needed too. Default: 2. */
  min_answers?: number;
}

/** `too-fast`: an answer under the floor time has probability at most `honest_share`. */
export interface TooFastPolicy {
  /** The least floor time of one answer, in ms. Default: 1,000. */
  floor_ms?: number;
  /** The floor as a share of the item's own median time, 0 to 1. Default: 0.1. */
  floor_share?: number;
  /** Times needed before the item's median counts. Default: 30. */
  min_times?: number;
  /** The greatest probability of a fast answer for an honest annotator, over 0 and under 1. Default: 0.05. */
  honest_share?: number;
  /** Share of `alpha`, 0 (off) to 1. Default: 0.25. */
  alpha_share?: number;
}

/** `rate-burst`: answers are sent at most at this rate. */
export interface RateBurstPolicy {
  /** The greatest honest rate, per hour, over 0 and at most 10^6. Default: 1,200. */
  per_hour?: number;
  /** Share of `alpha`, 0 (off) to 1. Default: 0.25. */
  alpha_share?: number;
}

/** `gold-missed`: a gold answer is right with probability at least `floor`. */
export interface GoldMissedPolicy {
  /** The least accuracy of an honest annotator, over 0 and under 1. Default: 0.7. */
  floor?: number;
  /** Share of `alpha`, 0 (off) to 1. Default: 0.25. */
  alpha_share?: number;
}

/**
 * `disagrees`: the weighted share of the others who gave a like answer has expectation at least the floor: a fixed one,
 * or what chance gives and `pool_share` of what the pool agrees beyond it.
 */
export interface DisagreesPolicy {
  /** The least agreement of an honest annotator, fixed, over 0 and under 1. Default: learnt from the pool. */
  floor?: number | null;
  /** The least agreement beyond chance of an honest annotator, as a share of the pool's, over 0 and under 1. Default: 0.6. */
  pool_share?: number;
  /** Comparisons that the pool needs before a floor is learnt; until then nobody is compared. Default: 100. */
  min_pool?: number;
  /** Others that are needed before an answer is compared, 1 to 100; it waits for them. Default: 2. */
  min_others?: number;
  /** Share of `alpha`, 0 (off) to 1. Default: 0.25. */
  alpha_share?: number;
}
