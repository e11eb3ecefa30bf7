import { DurableObject } from "cloudflare:workers";

import type { Config, Env } from "./config.ts";
import { GateFailure } from "./gate.ts";
import { gates } from "./gates.ts";

/**
 * One share of the items of a project: for each item the labels so far, as the gate keeps them, one row
 * an item. What the annotators of an item need of each other meets here and nowhere else.
 */
export class ItemShard extends DurableObject<Env> {
  readonly #sql: SqlStorage;

  constructor(context: DurableObjectState, env: Env) {
    super(context, env);
    this.#sql = context.storage.sql;
    this.#sql.exec("CREATE TABLE IF NOT EXISTS items (id TEXT PRIMARY KEY, state BLOB NOT NULL) WITHOUT ROWID");
  }

  /**
   * Adds one label to an item and says what the others said; `null` when the gate failed on it. The same
   * submission of the same annotator again, after a crash half-way, gets its observation again. `mark` is that
   * of the annotator's gate.
   */
  async observe(
    item: string,
    submission: Uint8Array,
    weight: number,
    nowMs: number,
    mark: string,
  ): Promise<Uint8Array | null> {
    await gates.ready(this.env, this.ctx, nowMs, mark);
    const gate = gates.now(this.env, this.ctx, nowMs);
    using _ = gate.hold();
    if (!(await gate.load(submission, this.ctx))) {
      return null;
    }
    // INVARIANT: no await from here on, so that no other call comes between the read and the write.
    const row = this.#sql.exec<{ state: ArrayBuffer }>("SELECT state FROM items WHERE id = ?", item).toArray()[0];
    try {
      const observed = gate.observeItem(row && new Uint8Array(row.state), submission, weight);
      this.#sql.exec("INSERT OR REPLACE INTO items (id, state) VALUES (?, ?)", item, observed.item);
      return observed.observation;
    } catch (error) {
      if (error instanceof GateFailure) {
        return null;
      }
      throw error;
    }
  }
}

/**
 * The shard that holds an item: a hash of the item's id, so that load spreads and every annotator of an
 * item gets to the same one. Another `itemShards` sends items elsewhere: fix it before the first label.
 */
export function shardOf(item: string, env: Env, config: Config): DurableObjectStub<ItemShard> {
  const shard = fnv1a(new TextEncoder().encode(item)) % config.itemShards;
  return env.ITEMS.get(env.ITEMS.idFromName(`${config.project}/${shard}`));
}

/** FNV-1a, 32 bits: http://www.isthe.com/chongo/tech/comp/fnv/ */
function fnv1a(bytes: Uint8Array): number {
  let hash = 0x811c9dc5;
  for (const byte of bytes) {
    hash = Math.imul(hash ^ byte, 0x01000193);
  }
  return hash >>> 0;
}
