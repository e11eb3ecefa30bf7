import type { BomTrust } from "./policy.js";

/** `accept`: it goes on. `review`: it is held for a person. `reject`: it is refused, with proof. */
export type Decision = "accept" | "review" | "reject";

/** Codes of checks that prove something; they reject by default. */
export type ProofCode =
  | "bom-expired"
  | "bom-rollback"
  | "bom-untrusted"
  | "duplicate"
  | "impossible-clock"
  | "item-altered"
  | "item-unlisted"
  | "label-out-of-schema"
  | "malformed"
  | "replayed"
  | "too-large"
  | "weak-digest";

/** Codes of statistical checks; they hold for review and never reject. */
export type EvidenceCode = "disagrees" | "gold-missed" | "rate-burst" | "too-fast";

/** The code of a check that could not run; the submission is held. */
export type HeldCode = "unchecked";

/** Why a submission was held or refused. A code never changes its meaning. */
export type ReasonCode = ProofCode | EvidenceCode | HeldCode;

/** How sure a finding is: proven, statistical with an error bound for life, or a check that could not run. */
export type ReasonKind = "proof" | "evidence" | "held";

/** A value with its unit, such as `ms`, `bytes`, `share`, `wealth`, `digest`, `algorithm`, `version` or `publications`. */
export interface Amount {
  value: number | string;
  unit: string;
}

/** What one check says about one submission. */
export interface Reason {
  /** The stable code. */
  code: ReasonCode;
  kind: ReasonKind;
  /** One sentence for a person; it may change between releases. */
  message: string;
  /** What was measured. */
  measured?: Amount;
  /** What it was compared with. */
  threshold?: Amount;
  /** The place in the input, when the input itself is at fault: `byte 17 (line 1, column 18)`. */
  at?: string;
}

/**
 * Where one evidence check stands for this annotator, after this submission. Wealth, threshold and mean have six
 * significant digits; decisions are made on the numbers as they are.
 */
export interface Standing {
  check: EvidenceCode;
  /** Value of the e-process now; 1 at the start. */
  wealth: number;
  /** An honest annotator's wealth ever gets here with chance at most 1 / threshold. */
  threshold: number;
  /** Observations so far. */
  answers: number;
  /** How many of them were events: too fast, wrong on gold. Not there for scores and arrivals. */
  events?: number;
  /** Mean score, 0 to 1. Only there for scores. */
  mean?: number;
  /** Mean of the floors that the scores were compared with, 0 to 1. Only there for scores. */
  floor?: number;
}

/**
 * How sure the answers of an item are of its leading label, with this submission among them. Which label leads is not
 * told. Probability and margin have six significant digits.
 */
export interface Consensus {
  /** Answers that count: those of annotators who were not held. */
  answers: number;
  /** Probability of the leading label, 0 to 1. */
  probability: number;
  /** The same less the probability of the next label, 0 to 1. */
  margin: number;
  /** Whether the item needs no more answers, by the policy's `item.enough_probability` and `item.min_answers`. */
  enough: boolean;
}

/**
 * The full view of a verdict: for operators, reviewers and your own code, never for annotators.
 * Schema: docs/schema/verdict.json.
 */
export interface Verdict {
  /** The most severe action among the reasons. */
  decision: Decision;
  /** Id of the submission; absent when it could not be read. */
  submission?: string;
  /** Id of the annotator; absent when it could not be read. */
  annotator?: string;
  /** Id of the item; absent when it could not be read. */
  item?: string;
  /** Why. Empty for a plain accept. */
  reasons: Reason[];
  /** Where each evidence check stands. Absent when none has observed anything. */
  evidence?: Standing[];
  /** How sure the item's answers are. Absent when the submission was refused, and for labels that are hardly ever equal. */
  consensus?: Consensus;
  /** What stands behind the item checks. */
  bom: BomTrust;
  /** Digest of the policy that decided: `sha256:` of its canonical form. */
  policy: string;
  /** Release of the gate that decided. */
  gate: string;
}

/** A reason's code as the annotator sees it: what compares with secrets is only ever `under-review`. */
export type AnnotatorReasonCode = ProofCode | "rate-burst" | "too-fast" | "under-review";

/** One reason, as told to the annotator. */
export interface AnnotatorReason {
  code: AnnotatorReasonCode;
  /** What to do, in plain words. */
  message: string;
  /** For proofs: what was measured. */
  measured?: Amount;
  /** For proofs: what was expected. */
  expected?: Amount;
  /** For proofs: the place in the input. */
  at?: string;
  /** Not in this view; keeps a full reason from being taken for this one. */
  kind?: never;
  threshold?: never;
}

/**
 * The annotator's view of a verdict: what to change, and nothing that works as an oracle. A `Verdict`
 * cannot be sent in its place: the types do not fit. Schema: docs/schema/annotator-verdict.json.
 */
export interface AnnotatorVerdict {
  decision: Decision;
  /** Id of the submission; absent when it could not be read. */
  submission?: string;
  /** Why, in plain words. Empty for a plain accept. */
  reasons: AnnotatorReason[];
  /** Not in this view; keeps a full verdict from being taken for this one. */
  annotator?: never;
  item?: never;
  evidence?: never;
  consensus?: never;
  bom?: never;
  policy?: never;
  gate?: never;
}
