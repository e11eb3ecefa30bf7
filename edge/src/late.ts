import { backOffMs } from "./backend.ts";
import { readClock } from "./clock.ts";
import type { Config, Env } from "./config.ts";
import { type LateScore, messageOf } from "./gate.ts";
import { annotatorObject } from "./objects.ts";

/** Who gives late scores their numbers: the storage of one shard. */
export interface Numbering {
  shard: string;
  /** Random, and kept with the numbers: a shard that lost its storage begins again at 1, under another one. */
  epoch: string;
}

/** A late score under the number that its shard gave it. */
export interface Numbered {
  /** Greater than that of every earlier one of the same numbering. */
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
  #epoch = "";
  #alarmAtMs: number | null = null;

  constructor({ storage, id }: DurableObjectState, env: Env, config: Config) {
    this.#storage = storage;
    this.#shard = id.toString();
    this.#env = env;
    this.#config = config;
  }

  /** Makes the tables, and a numbering the first time. */
  create(): void {
    const { sql } = this.#storage;
    sql.exec(
      `CREATE TABLE IF NOT EXISTS epoch (one INTEGER PRIMARY KEY CHECK (one = 1), id TEXT NOT NULL);
       CREATE TABLE IF NOT EXISTS late (
         id INTEGER PRIMARY KEY AUTOINCREMENT,
         annotator TEXT NOT NULL,
         score BLOB NOT NULL,
         attempts INTEGER NOT NULL
       );
       CREATE INDEX IF NOT EXISTS late_by_annotator ON late (annotator, id);
       CREATE TABLE IF NOT EXISTS late_annotators (
         annotator TEXT PRIMARY KEY,
         next_attempt_ms INTEGER NOT NULL
       ) WITHOUT ROWID;
       CREATE INDEX IF NOT EXISTS late_annotators_by_time ON late_annotators (next_attempt_ms)`,
    );
    sql.exec("INSERT OR IGNORE INTO epoch (one, id) VALUES (1, ?)", crypto.randomUUID());
    this.#epoch = sql.exec<{ id: string }>("SELECT id FROM epoch").one().id;
  }

  /** Learns after a start whether an alarm is set, and sets one when rows are left without: the runtime gives up too. */
  async recover(): Promise<void> {
    this.#alarmAtMs = await this.#storage.getAlarm();
    this.wake();
  }

  /** Adds rows, as part of the caller's transaction. */
  put(late: LateScore[]): void {
    const { sql } = this.#storage;
    for (const { annotator, score } of late) {
      sql.exec("INSERT INTO late (annotator, score, attempts) VALUES (?, ?, 0)", annotator, score);
      // One of whose rows has to wait waits with all: they are taken in order.
      sql.exec(
        "INSERT OR IGNORE INTO late_annotators (annotator, next_attempt_ms) VALUES (?, ?)",
        annotator,
        Date.now(),
      );
    }
  }

  /**
   * Sets the alarm for what is due first. To be called as soon as the transaction of `put` is committed: within it, the
   * alarm would go with the transaction when that is rolled back, and the field would still say that it is set.
   */
  wake(): void {
    const next = this.#storage.sql
      .exec<{ at: number | null }>("SELECT min(next_attempt_ms) AS at FROM late_annotators")
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
    const due = this.#storage.sql
      .exec<{ annotator: string }>(
        "SELECT annotator FROM late_annotators WHERE next_attempt_ms <= ? ORDER BY next_attempt_ms LIMIT ?",
        Date.now(),
        MOST_AT_ONCE,
      )
      .toArray();
    await Promise.all(due.map(({ annotator }) => this.#send(annotator)));
    this.wake();
  }

  async #send(annotator: string): Promise<void> {
    const { sql } = this.#storage;
    const rows = sql
      .exec<{ id: number; score: ArrayBuffer; attempts: number }>(
        "SELECT id, score, attempts FROM late WHERE annotator = ? ORDER BY id LIMIT ?",
        annotator,
        MOST_A_CALL,
      )
      .toArray();
    const lastId = rows.at(-1)?.id ?? 0;
    let nextAttemptMs = Date.now();
    try {
      const scores = rows.map(({ id, score }): Numbered => ({ id, score: new Uint8Array(score) }));
      const nowMs = await readClock(this.#env);
      const numbering = { shard: this.#shard, epoch: this.#epoch };
      if (!(await annotatorObject(annotator, this.#env, this.#config).hear(numbering, scores, nowMs))) {
        throw new Error("the annotator is not remembered");
      }
      sql.exec("DELETE FROM late WHERE annotator = ? AND id <= ?", annotator, lastId);
    } catch (error) {
      nextAttemptMs = Date.now() + backOffMs((rows[0]?.attempts ?? 0) + 1, this.#config);
      this.#countAttempt(annotator, lastId, messageOf(error));
    }
    const isLeft = sql.exec("SELECT 1 FROM late WHERE annotator = ? LIMIT 1", annotator).toArray().length > 0;
    if (isLeft) {
      sql.exec("UPDATE late_annotators SET next_attempt_ms = ? WHERE annotator = ?", nextAttemptMs, annotator);
    } else {
      sql.exec("DELETE FROM late_annotators WHERE annotator = ?", annotator);
    }
  }

  /** Notes for each row that was sent that it was not taken, and gives up those that were sent often enough. */
  #countAttempt(annotator: string, lastId: number, why: string): void {
    const { sql } = this.#storage;
    sql.exec("UPDATE late SET attempts = attempts + 1 WHERE annotator = ? AND id <= ?", annotator, lastId);
    // INVARIANT: earlier rows were sent at least as often as later ones, so that what is left is still in order.
    const { length } = sql
      .exec("DELETE FROM late WHERE annotator = ? AND id <= ? AND attempts >= ? RETURNING id", annotator, lastId, MOST_ATTEMPTS)
      .toArray();
    if (length > 0) {
      console.error(`${length} late scores were given up after ${MOST_ATTEMPTS} attempts each: ${why}`);
    }
  }
}

/** A worker may hold six connections open at once: https://developers.cloudflare.com/workers/platform/limits/ */
const MOST_AT_ONCE = 6;

/** Scores in one call to an annotator's object. Chosen; keeps the call under 64 KB. */
const MOST_A_CALL = 200;

/**
 * Attempts to tell an annotator one score, over some hours. A memory that cannot be read must not be asked for ever, nor
 * an annotator be waited for whose only answer failed and was not sent again. Chosen.
 */
const MOST_ATTEMPTS = 50;
