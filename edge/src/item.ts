import { DurableObject } from "cloudflare:workers";

import { type Env, readConfig } from "./config.ts";
import { GateFailure, messageOf } from "./gate.ts";
import { gates } from "./gates.ts";
import { LateScores } from "./late.ts";

/** What the others said, as only the gate reads it; or why the label was not added. */
export type Observed = { observation: Uint8Array } | { unchecked: string };

/**
 * One share of the items of a project: for each item the labels so far, as the gate keeps them, one row
 * an item, and how far the annotators of these items agree. What the annotators of an item need of each other meets
 * here and nowhere else.
 *
 * An answer that came before enough others is scored when these have come. Its annotator is told later, by an alarm:
 * the object of that annotator may be waiting for this one.
 */
export class ItemShard extends DurableObject<Env> {
  readonly #storage: DurableObjectStorage;
  readonly #sql: SqlStorage;
  readonly #late: LateScores;

  constructor(context: DurableObjectState, env: Env) {
    super(context, env);
    this.#storage = context.storage;
    this.#sql = context.storage.sql;
    this.#late = new LateScores(context, env, readConfig(env));
    this.#sql.exec(SCHEMA);
    this.#late.create();
    void context.blockConcurrencyWhile(() => this.#late.recover());
  }

  /**
   * Adds one label to an item and says what the others said. When the gate fails on it, or the storage does not take
   * so long a memory, everything stays as it was. The same submission of the same annotator again, after a crash
   * half-way, gets its observation again. `mark` is that of the annotator's gate.
   */
  async observe(
    item: string,
    submission: Uint8Array,
    weight: number,
    nowMs: number,
    mark: string,
  ): Promise<Observed> {
    await gates.ready(this.env, this.ctx, nowMs, mark);
    const gate = gates.now(this.env, this.ctx, nowMs);
    using _ = gate.hold();
    if (!(await gate.load(submission, this.ctx))) {
      return { unchecked: "the index of the items could not be read" };
    }
    // INVARIANT: no await from here on, so that no other call comes between the read and the write.
    const state = this.#state("SELECT state FROM items WHERE id = ?", item);
    const pool = this.#state("SELECT state FROM pool");
    try {
      const observed = gate.observeItem(state, submission, weight, pool);
      this.#storage.transactionSync(() => {
        this.#sql.exec("INSERT OR REPLACE INTO items (id, state) VALUES (?, ?)", item, observed.item);
        this.#sql.exec("INSERT OR REPLACE INTO pool (one, state) VALUES (1, ?)", observed.pool);
        this.#late.put(observed.late);
      });
      this.#late.wake();
      return { observation: observed.observation };
    } catch (error) {
      if (error instanceof GateFailure) {
        return { unchecked: "the memory of the item could not be read" };
      }
      // It would be so each time, so to send it again would not help.
      if (isTooLong(error)) {
        console.error(`the memory of an item is too long with one more label: ${messageOf(error)}`);
        return { unchecked: "with this label the memory of the item is longer than its storage takes" };
      }
      throw error;
    }
  }

  override async alarm(): Promise<void> {
    await this.#late.sendDue();
  }

  #state(query: string, ...values: string[]): Uint8Array | undefined {
    const row = this.#sql.exec<{ state: ArrayBuffer }>(query, ...values).toArray()[0];
    return row && new Uint8Array(row.state);
  }
}

/**
 * Whether SQLite refused a value or a row for its length. A Durable Object takes 2 MB:
 * https://developers.cloudflare.com/durable-objects/platform/limits/
 */
function isTooLong(error: unknown): boolean {
  return messageOf(error).includes("SQLITE_TOOBIG");
}

const SCHEMA = `
  CREATE TABLE IF NOT EXISTS items (id TEXT PRIMARY KEY, state BLOB NOT NULL) WITHOUT ROWID;
  CREATE TABLE IF NOT EXISTS pool (one INTEGER PRIMARY KEY CHECK (one = 1), state BLOB NOT NULL);`;
