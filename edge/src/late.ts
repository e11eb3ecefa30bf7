import { backOffMs } from "./backend.ts";
import { readClock } from "./clock.ts";
import type { Config, Env } from "./config.ts";
import { type LateScore, messageOf } from "./gate.ts";
import { annotatorObject } from "./objects.ts";

/** A late score under the number that its shard gave it. */
export interface Numbered {
  /** Greater than that of every earlier one of the same shard. */
  id: number;
  score: Uint8Array;
}

/**
 * The scores of earlier answers that their annotators have not been told yet. A row goes in with the item's memory,
 * in one transaction, and out once the annotator's object has taken it. In between an alarm tries again and again,
 * also after a restart. Each annotator gets them in order, so that the last number taken says which ones come again.
 */
export class LateScores {
  readonly #storage: DurableObjectStorage;
  readonly #shard: string;
  readonly #env: Env;
  readonly #config: Config;
  #alarmAtMs: number | null = null;

  constructor({ storage, id }: DurableObjectState, env: Env, config: Config) {
    this.#storage = storage;
    this.#shard = id.toString();
    this.#env = env;
    this.#config = config;
  }

  /** Learns after a start whether an alarm is set, and sets one when rows are left without: the runtime gives up too. */
  async recover(): Promise<void> {
    this.#alarmAtMs = await this.#storage.getAlarm();
    this.wake();
  }

  /** Adds rows, as part of the caller's transaction. */
  put(late: LateScore[]): void {
    const nowMs = Date.now();
    for (const { annotator, score } of late) {
      this.#storage.sql.exec(
        "INSERT INTO late (annotator, score, attempts, next_attempt_ms) VALUES (?, ?, 0, ?)",
        annotator,
        score,
        nowMs,
      );
    }
  }

  /**
   * Sets the alarm for what is due first. To be called as soon as the transaction of `put` is committed: within it, the
   * alarm would go with the transaction when that is rolled back, and the field would still say that it is set.
   */
  wake(): void {
    const next = this.#storage.sql
      .exec<{ at: number | null }>(
        "SELECT min(at) AS at FROM (SELECT max(next_attempt_ms) AS at FROM late GROUP BY annotator)",
      )
      .one().at;
    if (next !== null && (this.#alarmAtMs === null || next < this.#alarmAtMs)) {
      this.#alarmAtMs = next;
      // Without a wait before it, it is written together with the rows.
      void this.#storage.setAlarm(next);
    }
  }

  /** The alarm's work: tells annotators what is due, and sets the next alarm when something is left. */
  async sendDue(): Promise<void> {
    this.#alarmAtMs = null;
    // One of whose rows has to wait waits with all: they are taken in order.
    const due = this.#storage.sql
      .exec<{ annotator: string }>(
        `SELECT annotator FROM late GROUP BY annotator HAVING max(next_attempt_ms) <= ? ORDER BY min(id) LIMIT ?`,
        Date.now(),
        MOST_AT_ONCE,
      )
      .toArray();
    await Promise.all(due.map(({ annotator }) => this.#send(annotator)));
    this.wake();
  }

  async #send(annotator: string): Promise<void> {
    const sql = this.#storage.sql;
    const rows = sql
      .exec<{ id: number; score: ArrayBuffer; attempts: number }>(
        "SELECT id, score, attempts FROM late WHERE annotator = ? ORDER BY id LIMIT ?",
        annotator,
        MOST_A_CALL,
      )
      .toArray();
    const [first, last] = [rows[0], rows.at(-1)];
    if (first === undefined || last === undefined) {
      return;
    }
    try {
      const scores = rows.map(({ id, score }): Numbered => ({ id, score: new Uint8Array(score) }));
      const nowMs = await readClock(this.#env);
      await annotatorObject(annotator, this.#env, this.#config).hear(this.#shard, scores, nowMs);
    } catch (error) {
      const attempts = first.attempts + 1;
      if (attempts < MOST_ATTEMPTS) {
        const nextAttemptMs = Date.now() + backOffMs(attempts, this.#config);
        sql.exec(
          "UPDATE late SET attempts = ?, next_attempt_ms = ? WHERE annotator = ? AND id <= ?",
          attempts,
          nextAttemptMs,
          annotator,
          last.id,
        );
        return;
      }
      console.error(`late scores were given up after ${attempts} attempts: ${messageOf(error)}`);
    }
    sql.exec("DELETE FROM late WHERE annotator = ? AND id <= ?", annotator, last.id);
  }
}

/** A worker may hold six connections open at once: https://developers.cloudflare.com/workers/platform/limits/ */
const MOST_AT_ONCE = 6;

/** Scores in one call to an annotator's object. Chosen; keeps the call under 64 KB. */
const MOST_A_CALL = 200;

/** Attempts to tell an annotator, over some hours; a memory that cannot be read must not be asked for ever. Chosen. */
const MOST_ATTEMPTS = 50;
