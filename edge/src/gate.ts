import { Gate, defaultPolicy, initSync, keepNewest, version } from "../../pkg/wasm/labelgate.js";
import type { ShardLoader } from "./package.js";
import { provideBom, provideMore } from "./package.js";
import module, { bom, more } from "./wasm-module.js";

// Once per isolate, at start-up: compiling inside a request is refused there.
initSync({ module });
provideBom(() => bom);
provideMore(() => more);

export { Gate, keepNewest };

/** A verdict in its two views, each the very bytes that the core wrote. */
export interface Judged {
  decision: "accept" | "review" | "reject";
  /** For operators, reviewers and the backend: never for an annotator. */
  full: Uint8Array;
  /** For the annotator. */
  view: Uint8Array;
}

/** Which submission this is; all that the shell reads of one. */
export interface Named {
  id: string;
  annotator: string;
  item: string;
}

/** The score of an earlier answer, which only the gate reads, for its annotator. */
export interface LateScore {
  annotator: string;
  score: Uint8Array;
}

/** What the gate runs with. */
export interface Standing {
  gate: string;
  /** Digest of the policy. */
  policy: string;
  bom: {
    /** What must stand behind the BOM, by the policy. */
    trust: string;
    /** Whether the gate takes it, its time of expiry aside. While it does not, it refuses every submission. */
    trusted: boolean;
    /** The code that it refuses them with: `bom-untrusted` or `bom-rollback`. */
    code?: string;
    /** What was found in it; absent when the policy asks for no BOM. */
    summary?: BomSummary;
  };
}

/** What the gate says of a BOM that it has read. */
export interface BomSummary {
  items: number;
  /** Whether pinned keys stand behind it. */
  trusted: boolean;
  serial_number?: string;
  version: number;
  digest: string;
  /** Why pinned keys do not stand behind it. */
  refusal?: string;
  /** When the checkpoint lapses: Unix milliseconds. */
  expires_at_ms?: number;
  /** How many publications the checkpoint counts. */
  publications?: number;
}

/** The gate was called and could not answer: it said nothing about the submission. */
export class GateFailure extends Error {
  override name = "GateFailure";
}

/** Largest submission that the outbox row of a Durable Object (2 MB) and common backends hold. */
const MOST_MAX_BYTES = 1024 * 1024;

/** Reads for one step: one does, unless many others come between it and the step. Chosen. */
const MOST_READS = 4;

/** What a gate was given beside its policy. */
interface Loaded {
  summary?: BomSummary | undefined;
  /** Names the gold answers: the gate does not tell what it was given. */
  goldDigest?: string;
  /** Reads the index of the BOM's items, when they are not listed in the BOM itself. */
  index?: ShardLoader | undefined;
}

/** A gate that is ready, with each step's bytes taken apart. */
export class ReadyGate {
  /** Largest submission, in bytes, by the policy. */
  readonly maxBytes: number;
  readonly standing: Standing;
  /** Two gates with the same mark judge alike. It travels with a submission from object to object. */
  readonly mark: string;
  readonly #gate: Gate;
  readonly #index: ShardLoader | undefined;
  /** How many hold on to it across a wait. */
  #holders = 0;
  #isRetired = false;

  constructor(gate: Gate, maxBytes: number, { summary, goldDigest = "", index }: Loaded = {}) {
    this.#gate = gate;
    this.#index = index;
    this.maxBytes = maxBytes;
    this.standing = standingOf(gate, summary);
    const { policy, bom } = this.standing;
    const { digest, refusal, expires_at_ms, publications } = summary ?? {};
    this.mark = JSON.stringify([policy, digest, bom.code, refusal, expires_at_ms, publications, goldDigest]);
  }

  /** Whether the BOM has an index, so that a submission is to be loaded before each step that looks at its item. */
  get hasIndex(): boolean {
    return this.#index !== undefined;
  }

  /**
   * Reads from the index of the BOM what the next step is to know of the submission's item. False when that cannot be
   * read: the step finds the item `unchecked` then. Nothing is read when there is no index, when the
   * part of it was read lately, and when the submission carries its own proof.
   */
  async load(bytes: Uint8Array, context: Pick<ExecutionContext, "waitUntil">): Promise<boolean> {
    if (this.#index === undefined) {
      return true;
    }
    const loading = this.#load(bytes, this.#index).then(
      () => true,
      (error: unknown) => {
        console.error(`the index of the items was not read: ${messageOf(error)}`);
        return false;
      },
    );
    // Others may wait for the same part of it, so it must go on when the first client leaves.
    context.waitUntil(loading);
    return loading;
  }

  async #load(bytes: Uint8Array, index: ShardLoader): Promise<void> {
    using _ = this.hold();
    for (let reads = 0; ; reads += 1) {
      const wanted = step(() => this.#gate.wanted(bytes));
      if (wanted === undefined) {
        return;
      }
      if (reads === MOST_READS) {
        throw new Error("what was read was dropped before it was looked at");
      }
      await index.load(wanted as Parameters<ShardLoader["load"]>[0], (shard, read) => this.#gate.takeShard(shard, read));
    }
  }

  /** Keeps the gate usable until the hold is disposed of. Without one it is good until the next `await`. */
  hold(): Disposable {
    this.#holders += 1;
    return {
      [Symbol.dispose]: () => {
        this.#holders -= 1;
        this.#freeUnlessHeld();
      },
    };
  }

  /** Another gate took its place: gives its memory back as soon as nobody holds it. */
  retire(): void {
    this.#isRetired = true;
    this.#freeUnlessHeld();
  }

  #freeUnlessHeld(): void {
    if (this.#isRetired && this.#holders === 0) {
      this.#gate.free();
    }
  }

  /** The checks that need no memory: a verdict when one of them refuses, else the submission's names. */
  screen(bytes: Uint8Array): { judged: Judged } | { named: Named } {
    const answer = step(() => this.#gate.screen(bytes));
    const judged = judgedOf(answer);
    return judged === undefined ? { named: parse(answer)["submission"] as Named } : { judged };
  }

  /** The checks that read the annotator: a verdict when one refuses, else how much this annotator's word weighs. */
  admit(annotator: Uint8Array | undefined, bytes: Uint8Array, nowMs: number): { judged: Judged } | { weight: number } {
    const answer = step(() => this.#gate.admit(annotator, bytes, nowMs));
    const judged = judgedOf(answer);
    return judged === undefined ? { weight: parse(answer)["weight"] as number } : { judged };
  }

  /**
   * The item's new memory, and what the others said as an observation that only the gate reads; the new memory of the
   * pool; and scores of earlier answers that had to wait for others.
   */
  observeItem(
    item: Uint8Array | undefined,
    bytes: Uint8Array,
    weight: number,
    pool: Uint8Array | undefined,
  ): { item: Uint8Array; observation: Uint8Array; pool: Uint8Array; late: LateScore[] } {
    const parts = step(() => this.#gate.observeItem(item, bytes, weight, pool)) as Uint8Array[];
    const [state, observation, poolState, ...rest] = parts;
    const late: LateScore[] = [];
    for (let at = 0; at < rest.length; at += 2) {
      late.push({ annotator: new TextDecoder().decode(rest[at]), score: rest[at + 1]! });
    }
    return { item: state!, observation: observation!, pool: poolState!, late };
  }

  /** The annotator's new memory after the score of an earlier answer. */
  hear(annotator: Uint8Array, score: Uint8Array): Uint8Array {
    return step(() => this.#gate.hear(annotator, score));
  }

  /** The annotator's new memory, and the verdict. */
  observeAnnotator(
    annotator: Uint8Array | undefined,
    bytes: Uint8Array,
    observation: Uint8Array,
    nowMs: number,
  ): { annotator: Uint8Array; judged: Judged } {
    const [state, full, view] = step(() =>
      this.#gate.observeAnnotator(annotator, bytes, observation, nowMs),
    ) as Uint8Array[];
    return { annotator: state!, judged: { decision: decisionOf(full!), full: full!, view: view! } };
  }

  /** Holds a submission that passed the screening and that a later step failed on. */
  unchecked(bytes: Uint8Array, why: string): Judged {
    const [full, view] = step(() => this.#gate.unchecked(bytes, why)) as Uint8Array[];
    return { decision: decisionOf(full!), full: full!, view: view! };
  }

  /**
   * The verdict on a submission whose id was taken before with other content. The gate remembers an
   * annotator's last ids only, our storage all of them: so it is asked as an annotator who has taken this id
   * and nothing else. Nothing of this is kept.
   *
   * `undefined` when the gate fails, or would let the id in again: there is no verdict then.
   */
  replayed(bytes: Uint8Array, nowMs: number): Judged | undefined {
    try {
      return this.#replayed(bytes, nowMs);
    } catch (error) {
      if (error instanceof GateFailure) {
        return undefined;
      }
      throw error;
    }
  }

  #replayed(bytes: Uint8Array, nowMs: number): Judged | undefined {
    const { observation } = this.observeItem(undefined, bytes, 0, undefined);
    const { annotator } = this.observeAnnotator(undefined, bytes, observation, nowMs);
    const admitted = this.admit(annotator, bytes, nowMs);
    if ("weight" in admitted) {
      console.error("the gate lets one id in twice");
      return undefined;
    }
    return admitted.judged;
  }
}

/** Why a gate refuses every submission at this time, if it does. */
export function refusalOf({ standing }: ReadyGate, nowMs: number): { code: string; refusal?: string } | undefined {
  const { trust, code, summary } = standing.bom;
  if (code !== undefined) {
    return { code, ...(summary?.refusal !== undefined && { refusal: summary.refusal }) };
  }
  const hasLapsed = trust === "pinned-key" && nowMs >= (summary?.expires_at_ms ?? Infinity);
  return hasLapsed ? { code: "bom-expired" } : undefined;
}

/** The gate alone knows its policy's digest and whether it trusts the BOM. Its verdicts tell. */
function standingOf(gate: Gate, bomSummary: BomSummary | undefined): Standing {
  const probe = { id: "probe", annotator: "probe", item: { id: "probe" }, label: { class: "probe" } };
  const [unreadable, readable] = ["{}", JSON.stringify(probe)].map(
    (text) => parse(gate.screen(encode(text)))["verdict"] as FullVerdict | undefined,
  );
  const refused = readable?.reasons.find(({ code }) => code === "bom-untrusted" || code === "bom-rollback");
  return {
    gate: version(),
    policy: unreadable!.policy,
    bom: {
      trust: unreadable!.bom,
      trusted: refused === undefined,
      ...(refused && { code: refused.code }),
      ...(bomSummary && { summary: bomSummary }),
    },
  };
}

/**
 * Calls the gate. Its steps change nothing in it, so it stays good after an error that it throws itself.
 *
 * A trap (`WebAssembly.RuntimeError`, a defect of the gate) is another matter. The call was cut off in the
 * middle: what it had allocated stays allocated, its part of the stack is not given back, and nothing
 * promises that the instance still works. The next calls go to the same instance all the same: the bindings
 * make one an isolate, so that a new `Gate` would be in it too, and a worker cannot end its isolate. One trap
 * has been seen to do no harm (test/crash.test.mjs). Many use up the stack or the memory, and then every step fails
 * and nothing is taken, until the worker is deployed again or the runtime drops the isolate.
 */
function step<T>(call: () => T): T {
  try {
    return call();
  } catch (error) {
    const isTrap = error instanceof WebAssembly.RuntimeError;
    const what = isTrap ? "crashed, and may go on failing until the next deploy" : "failed";
    console.error(`the gate ${what}: ${messageOf(error)}`);
    throw new GateFailure(messageOf(error));
  }
}

/** What the shell needs of the policy. The gate has read it strictly before. */
export function settingsOf(policy: Uint8Array): { maxBytes: number; trust: string } {
  const given = parse(policy) as Partial<PolicyDocument>;
  const byDefault = parse(defaultPolicy()) as unknown as PolicyDocument;
  const maxBytes = given.max_bytes ?? byDefault.max_bytes;
  if (maxBytes > MOST_MAX_BYTES) {
    throw new Error(`max_bytes is over ${MOST_MAX_BYTES}, which the outbox cannot hold`);
  }
  return { maxBytes, trust: given.bom?.trust ?? byDefault.bom.trust };
}

export function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

interface PolicyDocument {
  max_bytes: number;
  bom: { trust: string };
}

interface FullVerdict {
  decision: Judged["decision"];
  reasons: { code: string }[];
  bom: string;
  policy: string;
}

/**
 * Takes `{"verdict":…,"annotator_view":…}` apart without writing either anew, so that each view keeps its
 * bytes. The mark cannot be inside a string: there its quotes would be escaped.
 */
function judgedOf(answer: Uint8Array): Judged | undefined {
  const text = new TextDecoder().decode(answer);
  const start = '{"verdict":';
  const mark = ',"annotator_view":';
  const middle = text.indexOf(mark);
  if (!text.startsWith(start) || middle < 0) {
    return undefined;
  }
  const full = encode(text.slice(start.length, middle));
  return { decision: decisionOf(full), full, view: encode(text.slice(middle + mark.length, -1)) };
}

function decisionOf(full: Uint8Array): Judged["decision"] {
  return (parse(full) as unknown as FullVerdict).decision;
}

function parse(json: Uint8Array): Record<string, unknown> {
  return JSON.parse(new TextDecoder().decode(json)) as Record<string, unknown>;
}

function encode(text: string): Uint8Array {
  return new TextEncoder().encode(text);
}
