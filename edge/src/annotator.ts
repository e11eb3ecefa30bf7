import { DurableObject } from "cloudflare:workers";

import { idempotencyKey } from "./backend.ts";
import { type Config, type Env, readConfig } from "./config.ts";
import { GateFailure, type Judged, type Named, type ReadyGate } from "./gate.ts";
import { gates } from "./gates.ts";
import type { Numbered, Numbering } from "./late.ts";
import { trimmed } from "./lines.ts";
import { shardOf } from "./objects.ts";
import { Outbox } from "./outbox.ts";

/** A submission that passed the screening. */
export interface Screened extends Named {
  /** As it came. */
  bytes: Uint8Array;
  nowMs: number;
  /** That of the gate which screened it. */
  mark: string;
}

/** What became of a submission. */
export type Taken =
  | {
      judged: Judged;
      /** Only for an accepted one that the backend does not have yet: when the next attempt is due. */
      pendingMs?: number;
      /** That of the gate which judged it; absent when it was judged before. */
      mark?: string;
    }
  /** Another one has this id, and the gate gave no verdict on that. Nothing of this one was taken. */
  | { idInUse: true };

/**
 * One annotator of one project: what the gate remembers of them, and what became of each submission.
 *
 * A submission is taken when its verdict is stored, in one transaction with the annotator's new memory and
 * its row in the outbox (accepted) or among the held (review). Before that nothing has happened, and it can be
 * sent again. Of a refused one only the verdict is kept.
 */
export class AnnotatorObject extends DurableObject<Env> {
  readonly #storage: DurableObjectStorage;
  readonly #sql: SqlStorage;
  readonly #config: Config;
  readonly #outbox: Outbox;
  /** The end of the line of submissions that wait their turn. */
  #last: Promise<unknown> = Promise.resolve();

  constructor(context: DurableObjectState, env: Env) {
    super(context, env);
    this.#storage = context.storage;
    this.#sql = context.storage.sql;
    this.#config = readConfig(env);
    this.#outbox = new Outbox(context.storage, this.#config);
    void context.blockConcurrencyWhile(() => this.#outbox.recover());
  }

  /** Judges a submission and takes it, or gives the verdict of the same submission taken before. */
  async take(submission: Screened): Promise<Taken> {
    const taken = await this.#inTurn(() => this.#take(submission));
    return "idInUse" in taken ? taken : this.#answer(submission.id, taken);
  }

  /**
   * Takes scores of earlier answers, for which others have come since, in the order of their numbers. What a shard
   * sends again is not taken again.
   *
   * False, and nothing is kept, when the annotator is not remembered. A first answer that reached its item may have
   * failed here: it is to be sent again, and its item does not score it again, so its score must come again as well.
   */
  async hear(numbering: Numbering, scores: Numbered[], nowMs: number): Promise<boolean> {
    return this.#inTurn(() => this.#hear(numbering, scores, nowMs));
  }

  /** The stored verdict of a submission; `null` when none was taken under this id. */
  async verdict(id: string): Promise<Judged | null> {
    // Whoever asks for annotators that do not exist must not make them exist: no tables here.
    return this.#hasTables() ? (this.#find(id)?.judged ?? null) : null;
  }

  override async alarm(): Promise<void> {
    await this.#outbox.sendDue();
  }

  /**
   * Runs one submission after the other, in the order they came.
   *
   * The runtime holds back other events only while an object waits for its own storage. Judging a
   * submission also waits for an item's object, and then a second submission would be let in between
   * `admit` and the commit: both would start from the same memory, and one of the two observations would be
   * lost. Hence this line. `blockConcurrencyWhile` would do too, but resets the whole object when its
   * callback throws, and would hold back reads of verdicts. Deliveries are outside the line, so that a slow
   * backend does not slow the verdicts of others.
   */
  #inTurn<T>(work: () => Promise<T>): Promise<T> {
    const turn = this.#last.then(work);
    this.#last = turn.catch(() => undefined);
    return turn;
  }

  async #take(submission: Screened): Promise<JustTaken | { idInUse: true }> {
    const { id, bytes, nowMs } = submission;
    const [digest, key] = await Promise.all([
      contentDigest(bytes),
      idempotencyKey(this.#config.project, submission.annotator, id),
    ]);
    this.#createTables();
    const known = this.#find(id);
    if (known !== undefined && isSame(known.digest, digest)) {
      const attempt = this.#outbox.underWay(id);
      return { judged: known.judged, ...(attempt && { attempt }) };
    }
    await gates.ready(this.env, this.ctx, nowMs, submission.mark);
    const gate = gates.now(this.env, this.ctx, nowMs);
    using _ = gate.hold();
    await gate.load(bytes, this.ctx);
    // What was refused may be mended and sent again under its id. What was taken may not.
    if (known !== undefined && known.judged.decision !== "reject") {
      const judged = gate.replayed(bytes, nowMs);
      // Not held as `unchecked`: under its id the other one is kept, and sending it again would change nothing.
      return judged === undefined ? { idInUse: true } : { judged };
    }
    const screened = this.#screened(gate, submission);
    if ("judged" in screened) {
      return screened;
    }
    const { judged, memory } = await this.#judge(gate, screened);
    this.#store(submission, digest, judged, memory, key);
    const { mark } = gate;
    return judged.decision === "accept" ? { judged, mark, attempt: this.#outbox.send(id) } : { judged, mark };
  }

  /**
   * The submission as the gate here screens it. When the worker's gate was another, so that this one was looked for
   * and is still another, the one here has the last word: it decides. A verdict leaves nothing behind, as there. With
   * an index, one of the two may have read it and the other not.
   */
  #screened(gate: ReadyGate, submission: Screened): Screened | { judged: Judged; mark: string } {
    const { mark } = gate;
    if (mark === submission.mark && !gate.hasIndex) {
      return submission;
    }
    const screened = gate.screen(submission.bytes);
    return "judged" in screened ? { ...screened, mark } : { ...submission, ...screened.named, mark };
  }

  /** The steps of the gate, in their order. Nothing of this object is changed here. */
  async #judge(gate: ReadyGate, submission: Screened): Promise<{ judged: Judged; memory?: Uint8Array }> {
    const { bytes, nowMs, item, mark } = submission;
    const before = this.#memory();
    try {
      const admitted = gate.admit(before, bytes, nowMs);
      if ("judged" in admitted) {
        return { judged: admitted.judged };
      }
      const observed = await shardOf(item, this.env, this.#config).observe(item, bytes, admitted.weight, nowMs, mark);
      if ("unchecked" in observed) {
        return { judged: gate.unchecked(bytes, observed.unchecked) };
      }
      await gate.load(bytes, this.ctx);
      const { annotator, judged } = gate.observeAnnotator(before, bytes, observed.observation, nowMs);
      return { judged, memory: annotator };
    } catch (error) {
      if (error instanceof GateFailure) {
        return { judged: gate.unchecked(bytes, `a check could not run: ${error.message}`) };
      }
      throw error;
    }
  }

  async #hear({ shard, epoch }: Numbering, scores: Numbered[], nowMs: number): Promise<boolean> {
    // Nobody's scores must not make an annotator exist: no tables here.
    const before = this.#hasTables() ? this.#memory() : undefined;
    if (before === undefined) {
      return false;
    }
    this.#sql.exec(HEARD);
    const row = this.#sql
      .exec<{ last: number }>("SELECT last FROM heard WHERE shard = ? AND epoch = ?", shard, epoch)
      .toArray()[0];
    const fresh = scores.filter(({ id }) => id > (row?.last ?? 0));
    if (fresh.length === 0) {
      return true;
    }
    await gates.ready(this.env, this.ctx, nowMs);
    // INVARIANT: no await from here on, so that the gate is good. The memory is as it was read, in this turn.
    const gate = gates.now(this.env, this.ctx, nowMs);
    const memory = fresh.reduce((annotator, { score }) => gate.hear(annotator, score), before);
    this.#storage.transactionSync(() => {
      this.#sql.exec("UPDATE annotator SET memory = ?", memory);
      this.#sql.exec(
        "INSERT OR REPLACE INTO heard (shard, epoch, last) VALUES (?, ?, ?)",
        shard,
        epoch,
        fresh.at(-1)!.id,
      );
    });
    return true;
  }

  /** Writes all that taking a submission changes, or nothing. */
  #store(
    submission: Screened,
    digest: ArrayBuffer,
    judged: Judged,
    memory: Uint8Array | undefined,
    key: string,
  ): void {
    this.#storage.transactionSync(() => {
      if (memory !== undefined) {
        this.#sql.exec("INSERT OR REPLACE INTO annotator (one, memory) VALUES (1, ?)", memory);
      }
      this.#sql.exec(
        `INSERT OR REPLACE INTO submissions (id, digest, decision, verdict, annotator_view, taken_at_ms)
         VALUES (?, ?, ?, ?, ?, ?)`,
        submission.id,
        digest,
        judged.decision,
        judged.full,
        judged.view,
        submission.nowMs,
      );
      if (judged.decision === "accept") {
        this.#outbox.put(submission.id, { key, body: submission.bytes, verdict: judged.full });
      }
      if (judged.decision === "review") {
        this.#sql.exec("INSERT INTO held (submission, body) VALUES (?, ?)", submission.id, submission.bytes);
      }
    });
    if (judged.decision === "accept") {
      this.#outbox.wake();
    }
  }

  /** Waits for the attempt to deliver, if one is under way, and says where the submission is. */
  async #answer(id: string, { judged, mark, attempt }: JustTaken): Promise<Taken> {
    await attempt;
    const pendingMs = judged.decision === "accept" ? this.#outbox.waitMs(id) : undefined;
    return { judged, ...(pendingMs !== undefined && { pendingMs }), ...(mark !== undefined && { mark }) };
  }

  #memory(): Uint8Array | undefined {
    const row = this.#sql.exec<{ memory: ArrayBuffer }>("SELECT memory FROM annotator").toArray()[0];
    return row && new Uint8Array(row.memory);
  }

  #find(id: string): { digest: ArrayBuffer; judged: Judged } | undefined {
    const row = this.#sql
      .exec<SubmissionRow>("SELECT digest, decision, verdict, annotator_view FROM submissions WHERE id = ?", id)
      .toArray()[0];
    return (
      row && {
        digest: row.digest,
        judged: {
          decision: row.decision,
          full: new Uint8Array(row.verdict),
          view: new Uint8Array(row.annotator_view),
        },
      }
    );
  }

  #createTables(): void {
    if (this.#hasTables()) {
      return;
    }
    this.#storage.transactionSync(() => {
      this.#outbox.create();
      this.#sql.exec(SCHEMA);
    });
  }

  #hasTables(): boolean {
    return this.#sql.exec("SELECT 1 FROM sqlite_master WHERE name = 'submissions'").toArray().length > 0;
  }
}

/** `attempt` is the one to deliver that is under way. */
interface JustTaken {
  judged: Judged;
  mark?: string;
  attempt?: Promise<boolean>;
}

type SubmissionRow = {
  digest: ArrayBuffer;
  decision: Judged["decision"];
  verdict: ArrayBuffer;
  annotator_view: ArrayBuffer;
};

/**
 * What tells one submission from another under the same id: SHA-256 of its bytes, without white space at
 * the ends, so that a line of a stream and a file with a last line feed are the same.
 */
function contentDigest(bytes: Uint8Array): Promise<ArrayBuffer> {
  return crypto.subtle.digest("SHA-256", trimmed(bytes));
}

function isSame(left: ArrayBuffer, right: ArrayBuffer): boolean {
  return left.byteLength === right.byteLength && crypto.subtle.timingSafeEqual(left, right);
}

/** The last late score taken from each numbering. */
const HEARD = `
  CREATE TABLE IF NOT EXISTS heard (
    shard TEXT NOT NULL,
    epoch TEXT NOT NULL,
    last INTEGER NOT NULL,
    PRIMARY KEY (shard, epoch)
  ) WITHOUT ROWID`;

const SCHEMA = `
  CREATE TABLE IF NOT EXISTS annotator (one INTEGER PRIMARY KEY CHECK (one = 1), memory BLOB NOT NULL);
  CREATE TABLE IF NOT EXISTS submissions (
    id TEXT PRIMARY KEY,
    digest BLOB NOT NULL,
    decision TEXT NOT NULL,
    verdict BLOB NOT NULL,
    annotator_view BLOB NOT NULL,
    taken_at_ms INTEGER NOT NULL
  ) WITHOUT ROWID;
  CREATE TABLE IF NOT EXISTS held (submission TEXT PRIMARY KEY, body BLOB NOT NULL) WITHOUT ROWID;`;
