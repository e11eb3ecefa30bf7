import { Gate, defaultPolicy, initSync, version } from "../../pkg/wasm/labelgate.js";
import type { Env } from "./config.ts";
import module from "./wasm-module.js";

// Once per isolate, at start-up: compiling inside a request is refused there.
initSync({ module });

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

/** What the gate runs with. */
export interface Standing {
  gate: string;
  /** Digest of the policy. */
  policy: string;
  bom: {
    /** What stands behind the BOM, by the policy. */
    trust: string;
    /** Whether the gate takes it. While it does not, it refuses every submission. */
    trusted: boolean;
    /** What `finishBom` said; absent when the policy asks for no BOM. */
    summary?: unknown;
  };
}

/** The gate cannot be built: a document is missing, or wrong. Nothing was taken; ask again later. */
export class GateUnavailable extends Error {
  override name = "GateUnavailable";
}

/** The gate was called and could not answer: it said nothing about the submission. */
export class GateFailure extends Error {
  override name = "GateFailure";
}

/** Largest submission that the outbox row of a Durable Object (2 MB) and common backends hold. */
const MOST_MAX_BYTES = 1024 * 1024;

/** A gate that is ready, with each step's bytes taken apart. */
export class ReadyGate {
  /** Largest submission, in bytes, by the policy. */
  readonly maxBytes: number;
  readonly standing: Standing;
  readonly #gate: Gate;

  constructor(gate: Gate, maxBytes: number, bomSummary: unknown) {
    this.#gate = gate;
    this.maxBytes = maxBytes;
    this.standing = standingOf(gate, bomSummary);
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

  /** The item's new memory, and what the others said as an observation that only the gate reads. */
  observeItem(
    item: Uint8Array | undefined,
    bytes: Uint8Array,
    weight: number,
  ): { item: Uint8Array; observation: Uint8Array } {
    const [state, observation] = step(() => this.#gate.observeItem(item, bytes, weight)) as Uint8Array[];
    return { item: state!, observation: observation! };
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
    const { observation } = this.observeItem(undefined, bytes, 0);
    const { annotator } = this.observeAnnotator(undefined, bytes, observation, nowMs);
    const admitted = this.admit(annotator, bytes, nowMs);
    if ("weight" in admitted) {
      console.error("the gate lets one id in twice");
      return undefined;
    }
    return admitted.judged;
  }
}

/** The gate alone knows its policy's digest and whether it trusts the BOM. Its verdicts tell. */
function standingOf(gate: Gate, bomSummary: unknown): Standing {
  const probe = { id: "probe", annotator: "probe", item: { id: "probe" }, label: { class: "probe" } };
  const [unreadable, readable] = ["{}", JSON.stringify(probe)].map(
    (text) => parse(gate.screen(encode(text)))["verdict"] as FullVerdict | undefined,
  );
  return {
    gate: version(),
    policy: unreadable!.policy,
    bom: {
      trust: unreadable!.bom,
      trusted: !readable?.reasons.some((reason) => reason.code === "bom-untrusted" || reason.code === "bom-rollback"),
      ...(bomSummary === undefined ? {} : { summary: bomSummary }),
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

/** Keeps one gate for the isolate, and builds it once however many requests wait for it. */
class GateCache {
  #ready: ReadyGate | undefined;
  #building: Promise<ReadyGate> | undefined;
  readonly #build: (env: Env) => Promise<ReadyGate>;

  constructor(build: (env: Env) => Promise<ReadyGate>) {
    this.#build = build;
  }

  async get(env: Env, context: Pick<ExecutionContext, "waitUntil">): Promise<ReadyGate> {
    if (this.#ready !== undefined) {
      return this.#ready;
    }
    if (this.#building === undefined) {
      const building = this.#build(env)
        .then((gate) => (this.#ready = gate))
        .finally(() => this.#forget(building));
      this.#building = building;
      // Others wait for this too, so it must go on when the first client leaves.
      context.waitUntil(building.catch(() => undefined));
    }
    const building = this.#building;
    let timer!: number;
    const late = new Promise<never>((_, reject) => {
      timer = setTimeout(() => {
        // Its request may have ended under it. The next one starts afresh.
        this.#forget(building);
        reject(new GateUnavailable("the BOM takes too long to load"));
      }, LONGEST_BUILD_MS);
    });
    try {
      return await Promise.race([building, late]);
    } finally {
      clearTimeout(timer);
    }
  }

  #forget(building: Promise<ReadyGate>): void {
    if (this.#building === building) {
      this.#building = undefined;
    }
  }
}

/** Chosen; not measured. The runtime ends work left behind by a client after 30 s. */
const LONGEST_BUILD_MS = 25_000;

/** The gate of this isolate, with the documents that were in the bucket when it was first needed. */
export const gates = new GateCache(async (env) => {
  const policy = await read("policy.json", env);
  if (policy === undefined) {
    throw new GateUnavailable("policy.json is missing in the bucket DATA");
  }
  const gate = named("policy.json", () => new Gate(policy));
  try {
    const { maxBytes, trust } = settingsOf(policy);
    const gold = await read("gold.json", env);
    if (gold !== undefined) {
      named("gold.json", () => gate.setGold(gold));
    }
    return new ReadyGate(gate, maxBytes, trust === "none" ? undefined : await loadBom(gate, env));
  } catch (error) {
    gate.free();
    throw error;
  }
});

/** What the shell needs of the policy. The gate has read it strictly before. */
function settingsOf(policy: Uint8Array): { maxBytes: number; trust: string } {
  const given = parse(policy) as Partial<PolicyDocument>;
  const byDefault = parse(defaultPolicy()) as unknown as PolicyDocument;
  const maxBytes = given.max_bytes ?? byDefault.max_bytes;
  if (maxBytes > MOST_MAX_BYTES) {
    throw new GateUnavailable(`policy.json: max_bytes is over ${MOST_MAX_BYTES}, which the outbox cannot hold`);
  }
  return { maxBytes, trust: given.bom?.trust ?? byDefault.bom.trust };
}

/** Feeds the BOM to the gate piece by piece: the document is never in memory as a whole. */
async function loadBom(gate: Gate, env: Env): Promise<unknown> {
  const object = await env.DATA.get("bom.json");
  if (object === null) {
    throw new GateUnavailable("bom.json is missing in the bucket DATA");
  }
  gate.beginBom();
  for await (const chunk of object.body as ReadableStream<Uint8Array>) {
    named("bom.json", () => gate.pushBom(chunk));
  }
  return named("bom.json", () => parse(gate.finishBom()));
}

async function read(key: string, env: Env): Promise<Uint8Array | undefined> {
  const object = await env.DATA.get(key);
  return object === null ? undefined : new Uint8Array(await object.arrayBuffer());
}

/** Says which document the gate did not take. */
function named<T>(document: string, call: () => T): T {
  try {
    return call();
  } catch (error) {
    throw new GateUnavailable(`${document}: ${messageOf(error)}`);
  }
}

function messageOf(error: unknown): string {
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
