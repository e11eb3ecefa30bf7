import { type Env, readConfig } from "./config.ts";
import { GateUnavailable } from "./documents.ts";
import { messageOf, type ReadyGate, refusalOf } from "./gate.ts";
import { build, type Read } from "./build.ts";

/** How far the gate in force is from what is published. */
export interface Freshness {
  /** Seconds since a look at the documents last found what the gate in force was made of. */
  age_s: number;
  /** Why later looks led to nothing; absent when the last one was well. */
  error?: string;
}

/** What a request and an object have alike: work that goes on after the answer. */
type Waiting = Pick<ExecutionContext, "waitUntil">;

/**
 * Keeps one gate for the isolate: builds it when it is first needed, however many requests wait for it, and renews
 * it beside the requests.
 *
 * A new gate takes the place of the one in force at one go, when it is ready and its BOM is taken. A BOM that is
 * refused never replaces one that is taken under the same policy. It comes into force only where there is none, so
 * that verdicts say why nothing is let through.
 */
class Gates {
  #inForce: ReadyGate | undefined;
  /** What the last gate was made of, whether it came into force or not. */
  #read: Read | undefined;
  /** Why it did not. */
  #refused: string | undefined;
  /** Why there was no gate to be made at the last look. */
  #failed: string | undefined;
  #refreshMs = 0;
  #lookedAtMs = 0;
  #currentAtMs = 0;
  #looking: Promise<void> | undefined;
  /** Counts the looks. */
  #turn = 0;

  /**
   * Waits until there is a gate in force.
   *
   * `mark` is that of the gate which somebody else used for the same submission. When it is another than here, one
   * of the two has newer documents, and this waits for a look at them as well.
   */
  async ready(env: Env, context: Waiting, nowMs: number, mark?: string): Promise<void> {
    if (this.#inForce === undefined) {
      await this.#inTime(this.#look(env, context, nowMs));
    } else if (mark !== undefined && mark !== this.#inForce.mark && this.#isDue(nowMs, CATCH_UP_MS)) {
      await this.#inTime(this.#look(env, context, nowMs)).catch(() => undefined);
    }
  }

  /**
   * The gate in force, for those who waited until there is one. It is good until the next `await`; to keep it longer
   * there is `ReadyGate.hold`. When it is time, a look at the documents begins beside the request.
   */
  now(env: Env, context: Waiting, nowMs: number): ReadyGate {
    const gate = this.#inForce;
    if (gate === undefined) {
      throw new GateUnavailable("the gate is not loaded yet");
    }
    const isWell = this.#failed === undefined && this.#refused === undefined && refusalOf(gate, nowMs) === undefined;
    this.#lookAfter(isWell ? this.#refreshMs : Math.min(this.#refreshMs, RETRY_MS), env, context, nowMs);
    return gate;
  }

  /** Somebody judged by another gate: looks at the documents soon. */
  catchUp(env: Env, context: Waiting, nowMs: number): void {
    this.#lookAfter(CATCH_UP_MS, env, context, nowMs);
  }

  freshness(nowMs: number): Freshness {
    const error = this.#failed ?? this.#refused;
    return { age_s: Math.round((nowMs - this.#currentAtMs) / 1000), ...(error !== undefined && { error }) };
  }

  #lookAfter(afterMs: number, env: Env, context: Waiting, nowMs: number): void {
    if (this.#isDue(nowMs, afterMs)) {
      // What went wrong is kept for the health page, and in the log.
      this.#look(env, context, nowMs).catch(() => undefined);
    }
  }

  /** A clock that was set back must not keep the documents from being looked at. */
  #isDue(nowMs: number, afterMs: number): boolean {
    return Math.abs(nowMs - this.#lookedAtMs) >= afterMs;
  }

  #look(env: Env, context: Waiting, nowMs: number): Promise<void> {
    // Its request may have ended under a look that takes so long; then it never ends.
    if (this.#looking === undefined || this.#isDue(nowMs, LONGEST_LOOK_MS)) {
      this.#lookedAtMs = nowMs;
      this.#turn += 1;
      const looking: Promise<void> = this.#renew(env, nowMs, this.#turn).finally(() => this.#forget(looking));
      this.#looking = looking;
      // Others wait for this too, so it must go on when the first client leaves.
      context.waitUntil(looking.catch(() => undefined));
    }
    return this.#looking;
  }

  async #renew(env: Env, nowMs: number, turn: number): Promise<void> {
    try {
      const config = readConfig(env);
      this.#refreshMs = config.bomRefreshMs;
      const built = await build(env, config, this.#read);
      if (turn !== this.#turn) {
        // It took so long that another look began.
        built?.gate.retire();
        return;
      }
      this.#failed = undefined;
      if (built !== undefined) {
        this.#read = built.read;
        this.#put(built.gate, nowMs);
      }
      if (this.#refused === undefined) {
        this.#currentAtMs = nowMs;
      }
    } catch (error) {
      if (turn === this.#turn) {
        this.#failed = messageOf(error);
        console.error(`the gate was not renewed: ${this.#failed}`);
      }
      throw error;
    }
  }

  #put(gate: ReadyGate, nowMs: number): void {
    const before = this.#inForce;
    const refusal = refusalOf(gate, nowMs);
    // A policy that changed comes into force in any case: a key that it pins no longer is no longer trusted.
    const isSamePolicy = before?.standing.policy === gate.standing.policy;
    if (before?.standing.bom.trusted && isSamePolicy && refusal !== undefined) {
      gate.retire();
      this.#refused = `the BOM that is published now is refused: ${[refusal.code, refusal.refusal].filter(Boolean).join(", ")}`;
      console.error(`the gate was not renewed: ${this.#refused}`);
      return;
    }
    this.#refused = undefined;
    this.#inForce = gate;
    before?.retire();
  }

  /** Waits for a look, but not for ever. */
  async #inTime(looking: Promise<void>): Promise<void> {
    let timer!: number;
    const late = new Promise<never>((_, reject) => {
      timer = setTimeout(() => {
        // The next one starts afresh.
        this.#forget(looking);
        reject(new GateUnavailable("the BOM takes too long to load"));
      }, LONGEST_LOOK_MS);
    });
    try {
      await Promise.race([looking, late]);
    } finally {
      clearTimeout(timer);
    }
  }

  #forget(looking: Promise<void>): void {
    if (this.#looking === looking) {
      this.#looking = undefined;
    }
  }
}

/** Chosen; not measured. The runtime ends work left behind by a client after 30 s. */
const LONGEST_LOOK_MS = 25_000;

/** Wait after a look that led to nothing: a publisher may have been between the BOM and its checkpoint. Chosen. */
const RETRY_MS = 10_000;

/** Shortest time between two looks because somebody else judged by another gate. Chosen. */
const CATCH_UP_MS = 2_000;

/** The gate of this isolate. */
export const gates = new Gates();
