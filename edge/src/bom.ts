import { DurableObject } from "cloudflare:workers";

import type { Config, Env } from "./config.ts";
import { keepNewest } from "./gate.ts";

/**
 * The newest BOM of a project that any of its isolates ever trusted: serial number, version, size of the
 * publication log, digest of the document. There is one object for each project, so that an older BOM is known
 * for what it is in an isolate that starts anew. It is asked when a BOM is loaded and at no other time.
 */
export class BomObject extends DurableObject<Env> {
  readonly #sql: SqlStorage;

  constructor(context: DurableObjectState, env: Env) {
    super(context, env);
    this.#sql = context.storage.sql;
    this.#sql.exec("CREATE TABLE IF NOT EXISTS seen (one INTEGER PRIMARY KEY CHECK (one = 1), seen BLOB NOT NULL)");
  }

  /**
   * Remembers a trusted publication unless it is older than what is remembered, and gives what was remembered
   * before; `null` when nothing was. Both are in the gate's own form.
   */
  meet(publication: Uint8Array): Uint8Array | null {
    // INVARIANT: no await in here, so that no other call comes between the read and the write.
    const row = this.#sql.exec<{ seen: ArrayBuffer }>("SELECT seen FROM seen").toArray()[0];
    const before = row && new Uint8Array(row.seen);
    this.#sql.exec("INSERT OR REPLACE INTO seen (one, seen) VALUES (1, ?)", keepNewest(before, publication));
    return before ?? null;
  }
}

/** The object that remembers the BOMs of this worker's project. */
export function bomObject(env: Env, config: Config): DurableObjectStub<BomObject> {
  return env.BOMS.get(env.BOMS.idFromName(config.project));
}
