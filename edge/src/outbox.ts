import { backOffMs, deliver, type Delivery } from "./backend.ts";
import type { Config } from "./config.ts";

/**
 * The accepted submissions of one annotator that the backend has not confirmed yet. A row goes in with the
 * verdict, in one transaction, and out once the backend said that it has it. In between an alarm of the
 * Durable Object tries again and again, with the same idempotency key, also after a restart.
 */
export class Outbox {
  readonly #storage: DurableObjectStorage;
  readonly #config: Config;
  /** Attempts under way, so that a client and the alarm never send the same row at the same time. */
  readonly #underWay = new Map<string, Promise<boolean>>();
  #alarmAtMs: number | null = null;

  constructor(storage: DurableObjectStorage, config: Config) {
    this.#storage = storage;
    this.#config = config;
  }

  /** Makes the table. */
  create(): void {
    this.#storage.sql.exec(
      `CREATE TABLE IF NOT EXISTS outbox (
         submission TEXT PRIMARY KEY,
         key TEXT NOT NULL,
         body BLOB NOT NULL,
         verdict BLOB NOT NULL,
         attempts INTEGER NOT NULL,
         next_attempt_ms INTEGER NOT NULL
       ) WITHOUT ROWID;
       CREATE INDEX IF NOT EXISTS outbox_by_time ON outbox (next_attempt_ms)`,
    );
  }

  /** Learns after a start whether an alarm is set. */
  async recover(): Promise<void> {
    this.#alarmAtMs = await this.#storage.getAlarm();
  }

  /** Adds a row, as part of the caller's transaction. */
  put(submission: string, delivery: Delivery): void {
    const nextAttemptMs = Date.now() + this.#config.backendTimeoutMs + this.#config.retryFirstMs;
    this.#storage.sql.exec(
      "INSERT INTO outbox (submission, key, body, verdict, attempts, next_attempt_ms) VALUES (?, ?, ?, ?, 0, ?)",
      submission,
      delivery.key,
      delivery.body,
      delivery.verdict,
      nextAttemptMs,
    );
  }

  /**
   * Sets the alarm for what is due first; it stands in for a caller that never sends. To be called as soon as the
   * transaction of `put` is committed: within it, the alarm would go with the transaction when that is rolled back, and
   * the field would still say that it is set.
   */
  wake(): void {
    const next = this.#storage.sql
      .exec<{ at: number | null }>("SELECT min(next_attempt_ms) AS at FROM outbox")
      .one().at;
    if (next !== null) {
      this.#wakeBy(next);
    }
  }

  /** The attempt under way for a submission, if there is one. */
  underWay(submission: string): Promise<boolean> | undefined {
    return this.#underWay.get(submission);
  }

  /** Milliseconds until the next attempt; `undefined` when the backend has the submission. */
  waitMs(submission: string): number | undefined {
    const row = this.#storage.sql
      .exec<{ at: number }>("SELECT next_attempt_ms AS at FROM outbox WHERE submission = ?", submission)
      .toArray()[0];
    return row && Math.max(0, row.at - Date.now());
  }

  /** Tries once. True when the backend has the submission, now or from before. */
  send(submission: string): Promise<boolean> {
    const underWay = this.#underWay.get(submission);
    if (underWay !== undefined) {
      return underWay;
    }
    const attempt = this.#attempt(submission).finally(() => this.#underWay.delete(submission));
    this.#underWay.set(submission, attempt);
    return attempt;
  }

  /** The alarm's work: tries what is due, and sets the next alarm when something is left. */
  async sendDue(): Promise<void> {
    this.#alarmAtMs = null;
    const due = this.#storage.sql
      .exec<{ submission: string }>(
        "SELECT submission FROM outbox WHERE next_attempt_ms <= ? ORDER BY next_attempt_ms LIMIT ?",
        Date.now(),
        MOST_AT_ONCE,
      )
      .toArray();
    await Promise.all(due.map(({ submission }) => this.send(submission)));
    this.wake();
  }

  async #attempt(submission: string): Promise<boolean> {
    const sql = this.#storage.sql;
    const row = sql
      .exec<{ key: string; body: ArrayBuffer; verdict: ArrayBuffer; attempts: number }>(
        "SELECT key, body, verdict, attempts FROM outbox WHERE submission = ?",
        submission,
      )
      .toArray()[0];
    if (row === undefined) {
      return true;
    }
    const delivery = { key: row.key, body: new Uint8Array(row.body), verdict: new Uint8Array(row.verdict) };
    if (await deliver(delivery, this.#config)) {
      sql.exec("DELETE FROM outbox WHERE submission = ?", submission);
      return true;
    }
    const attempts = row.attempts + 1;
    const nextAttemptMs = Date.now() + backOffMs(attempts, this.#config);
    sql.exec(
      "UPDATE outbox SET attempts = ?, next_attempt_ms = ? WHERE submission = ?",
      attempts,
      nextAttemptMs,
      submission,
    );
    this.#wakeBy(nextAttemptMs);
    return false;
  }

  /** Makes sure that the alarm comes no later. Without a wait between, it is written together with the rows. */
  #wakeBy(atMs: number): void {
    if (this.#alarmAtMs === null || atMs < this.#alarmAtMs) {
      this.#alarmAtMs = atMs;
      void this.#storage.setAlarm(atMs);
    }
  }
}

/** A worker may hold six connections open at once: https://developers.cloudflare.com/workers/platform/limits/ */
const MOST_AT_ONCE = 6;
