import type { Label } from "./submission.js";

/**
 * A label, in short or as it stands in a submission: a string is a class (or a text, with `kind: "text"`), a number a
 * number, a list a set of classes.
 */
export type CrowdLabel = string | number | string[] | Label;

/** One answer. A label that is `null` or absent is a missing answer. A submission will do. */
export interface CrowdAnswer {
  task?: string | number;
  /** In place of `task`, as in a submission. */
  item?: string | number | { id: string };
  annotator?: string | number;
  /** In place of `annotator`. */
  worker?: string | number;
  label?: CrowdLabel | null;
}

/** Answers one by one, or as columns of the same length, which is quicker for many. */
export type CrowdAnswers =
  | Iterable<CrowdAnswer>
  | {
      tasks: ArrayLike<string | number>;
      annotators: ArrayLike<string | number>;
      labels: ArrayLike<CrowdLabel | null>;
    };

/** What the labels are. */
export type CrowdKind =
  | "boxes"
  | "circular"
  | "class"
  | "interval"
  | "keypoints"
  | "ordinal"
  | "polygons"
  | "ranking"
  | "ratio"
  | "set"
  | "spans"
  | "text";

/** How two labels are compared. */
export type LabelDistance =
  | "absolute"
  | "box-iou"
  | "box-match"
  | "character-edit"
  | "circular"
  | "interval"
  | "jaccard"
  | "kendall"
  | "masi"
  | "nominal"
  | "oks"
  | "ordinal"
  | "polygon-iou"
  | "ratio"
  | "span-exact"
  | "span-overlap"
  | "token-edit";

/** How labels are read and compared. */
export interface CrowdOptions {
  /** Default: what the first label is; a class for a string, an interval for a number. */
  kind?: CrowdKind;
  /** The period of circular labels. */
  period?: number;
  /** Default: what is usual for the kind. */
  distance?: LabelDistance;
}

/** A coefficient of agreement: a value with its standard error and 95 % interval, or the reason why there is none. */
export interface Coefficient {
  value: number | null;
  se: number | null;
  ci95: [number, number] | null;
  reason: UndefinedReason | null;
}

/** Why a coefficient has no value. */
export type UndefinedReason =
  | "incomplete"
  | "no-answers"
  | "no-chance"
  | "no-overlap"
  | "one-annotator"
  | "one-label"
  | "scale"
  | "too-few"
  | "too-many";

export interface AgreementOptions extends CrowdOptions {
  /**
   * Also tell the agreement of each annotator with the rest, each pair of annotators, or each label. Annotators and
   * pairs are compared by the distance of the kind, which of ordinal labels, boxes, texts and the like is for at most
   * 2,048 different ones; labels as the same or not.
   */
  by?: "annotator" | "class" | "pair";
  /**
   * Also tell standard errors and intervals by so many draws of the tasks, 2 to 10,000; 0 for none. For at most 2,048
   * different boxes, texts and the like. Default: 0.
   */
  bootstrap?: number;
  /** Which draws those are: a whole number below 2^32. Default: 0. */
  seed?: number;
}

/** Standard error and 95 % interval by the bootstrap. */
export interface Resampled {
  se: number;
  ci95: [number, number];
}

/** How far annotators agree. */
export interface AgreementReport {
  kind: CrowdKind;
  answers: number;
  tasks: number;
  annotators: number;
  labels: number;
  /** Answers left out because the same annotator answered the same task again later. */
  replaced: number;
  /** What was done where there was more than one way. */
  rules: {
    /** Of several answers of one annotator to one task the last counts. */
    duplicates: "last";
    /** Answers without a label are left out. */
    missing: "left-out";
    /**
     * Of boxes, texts and the like, when over 2,048 of them differ: with how many answers each label was compared, for
     * what chance gives. The standard error of alpha knows of it.
     */
    references?: number;
  };
  coefficients: {
    krippendorff_alpha: Coefficient;
    percent_agreement: Coefficient;
    fleiss_kappa: Coefficient;
    conger_kappa: Coefficient;
    gwet_ac1: Coefficient;
    gwet_ac2: Coefficient;
    mean_pairwise_cohen_kappa: Coefficient;
    brennan_prediger: Coefficient;
    scott_pi: Coefficient;
    icc_1: Coefficient;
    icc_1k: Coefficient;
    icc_2: Coefficient;
    icc_2k: Coefficient;
    icc_3: Coefficient;
    icc_3k: Coefficient;
    kendall_w: Coefficient;
  };
  /**
   * With `bootstrap`; `null` where fewer than half of the draws have a value. Alpha goes by the distance of the kind,
   * the others compare labels as the same or not.
   */
  bootstrap?: {
    replicates: number;
    seed: number;
    krippendorff_alpha: Resampled | null;
    percent_agreement: Resampled | null;
    fleiss_kappa: Resampled | null;
    gwet_ac1: Resampled | null;
    brennan_prediger: Resampled | null;
  };
  /** With `by: "annotator"`; in place of the list its reason when there are too many answers to compare. */
  by_annotator?:
    | {
        annotator: string;
        answers: number;
        compared: number;
        percent_agreement: Coefficient;
        kappa: Coefficient;
      }[]
    | { reason: UndefinedReason };
  /** With `by: "pair"`: pairs with ten common tasks or more. */
  by_pair?:
    | { annotators: [string, string]; tasks: number; percent_agreement: number; cohen_kappa: Coefficient }[]
    | { reason: UndefinedReason };
  /** With `by: "class"`. */
  by_class?: { label: Label; kappa: Coefficient }[];
}

/** A method of consensus. */
export type ConsensusMethod =
  | "box-vote"
  | "bradley-terry"
  | "crowdlab"
  | "dawid-skene"
  | "fast-dawid-skene"
  | "glad"
  | "kos"
  | "m-msr"
  | "mace"
  | "majority-vote"
  | "mean"
  | "median"
  | "medoid"
  | "noisy-bradley-terry"
  | "one-coin-dawid-skene"
  | "rank-vote"
  | "rover"
  | "set-vote"
  | "span-vote"
  | "wawa"
  | "weighted-medoid"
  | "zero-based-skill";

/** A value for some tasks, by their names. */
export type ByTask<T> = ReadonlyMap<string, T> | { readonly [task: string]: T };

export interface ConsensusOptions extends CrowdOptions {
  /** Default: `dawid-skene` for classes, and what is usual for each other kind. */
  method?: ConsensusMethod;
  /** What is true, to say how right the result is: over the tasks that `gold` does not have. */
  truth?: ByTask<CrowdLabel>;
  /** Tasks whose label is known: they teach Dawid-Skene how good annotators are, and are left out of the score. */
  gold?: ByTask<CrowdLabel>;
  /** A model's probability of each class, for `crowdlab`. */
  probabilities?: ByTask<{ [label: string]: number }>;
  /** The share of annotators that a class, a character or a box must have; 0 to 1. Default: 0.5. */
  share?: number;
  /** Most iterations. */
  iterations?: number;
  /** When methods that iterate stop; below 0 for after the last iteration. */
  tolerance?: number;
  /** How many random starts `mace` makes, and which. */
  restarts?: number;
  seed?: number;
  /** Spam of each label that annotators are thought to have given before, for `mace`; 10 in its paper. Default: 1000. */
  strategy?: number;
  /** Answers of each kind that annotators are thought to have given before, for Dawid-Skene. Default: 0. */
  smoothing?: number;
}

/** What a task's label is. */
export interface TaskConsensus {
  task: string;
  /** Of tied labels the one that `rules.ties` says. */
  label: CrowdLabel | null;
  /** Its posterior or share of the votes; for boxes, spans, sets, rankings and texts how far annotators agree with it. */
  probability: number | null;
  /** How much more probable it is than the next. */
  margin: number | null;
  /** How many labels were the best. */
  tied: number;
}

/** How good an annotator is; `null` where the method has no such measure. */
export interface AnnotatorConsensus {
  annotator: string;
  answers: number;
  skill: number | null;
  accuracy: number | null;
  spamming: number | null;
  /** Raykar and Yu 2012: 0 for answers that say nothing of the truth, 1 for answers that say everything. */
  spammer_score: number | null;
}

/** What the answers make true. */
export interface ConsensusResult {
  method: ConsensusMethod;
  tasks: TaskConsensus[];
  annotators: AnnotatorConsensus[];
  /** What was done where there was more than one way. */
  rules: {
    /** Of tied labels the first in the order of labels is named; by Dawid-Skene that of most votes, if there is one. */
    ties: "first" | "most-votes";
    /** Of several answers of one annotator to one task the last counts. */
    duplicates: "last";
    /** Answers without a label are left out. */
    missing: "left-out";
  };
  /** For how many tasks the majority vote names another label. */
  departures?: number;
  iterations?: number;
  converged?: boolean;
  /** Items by strength, the strongest first, of `bradley-terry` and `noisy-bradley-terry`. */
  items?: { item: string; strength: number }[];
  /** With `truth`: over how many tasks, those of `gold` left out, and how right. Ties of `majority-vote` count as a draw among the tied would. */
  scored?: number;
  accuracy?: number;
  similarity?: number;
  mean_absolute_error?: number;
  root_mean_square_error?: number;
}
