/*
 * The page's side of hashing in a worker; entries/hasher-worker.js is the other side.
 *
 * Messages to the worker: {module, runtime} once, then per job {id, algorithm, blob} or {id, algorithm},
 * {id, piece}…, {id, end}; {id, abort} gives a job up.
 * Messages back: {ready} once, then per job {id, loaded}, {id, taken}, and at last {id, digest} or
 * {id, error}. hash-pool.js sends {id, bytes, ends} and gets {id, digests} or {id, error}.
 */
import { LabelgateError } from "./error.js";
import { isBlob, readSource } from "./source.js";

/**
 * Most pieces under way to the worker, of at most 128 KiB each: it is never short of work, and a fast
 * stream does not pile up in memory. Chosen; not measured.
 */
const PIECES_UNDER_WAY = 16;

/** How this runtime starts the worker; `undefined` where it has none. */
let startWorker;
/** The one worker, once somebody needed it: a promise of a `HashWorker`, or of `undefined`. */
let worker;

/** Says how to start a hashing worker, without starting it yet. The first entry that says so wins. */
export function provideWorker(start) {
  startWorker ??= start;
}

/** The running worker; `undefined` where there is none or it does not start (another origin, a CSP, a bundler). */
export function hashWorker(module) {
  worker ??= openThread(startWorker, { module, runtime: "browser" }).then((thread) => thread && new HashWorker(thread));
  return worker;
}

/** A thread of the hashing worker that is ready; `undefined` where there is none or it does not start. */
export function openThread(start, first) {
  return new Promise((resolve) => {
    let thread;
    try {
      thread = start?.();
    } catch {
      // A script of another origin, for one, throws here instead of sending an event.
    }
    if (thread === undefined) return resolve(undefined);
    const refuse = (event) => {
      event.preventDefault();
      thread.terminate();
      resolve(undefined);
    };
    thread.addEventListener("error", refuse);
    thread.addEventListener(
      "message",
      () => {
        thread.removeEventListener("error", refuse);
        resolve(thread);
      },
      { once: true },
    );
    thread.postMessage(first);
  });
}

class HashWorker {
  #thread;
  #jobs = new Map();
  #lastId = 0;

  constructor(thread) {
    this.#thread = thread;
    thread.addEventListener("message", ({ data }) => this.#jobs.get(data.id)?.receive(data));
    thread.addEventListener("error", (event) => this.#fail(event));
    thread.addEventListener("messageerror", (event) => this.#fail(event));
  }

  async hash(algorithm, source, { onProgress, signal }) {
    const id = ++this.#lastId;
    const post = (message, transfer = []) => this.#thread.postMessage({ id, ...message }, transfer);
    const job = new Job(onProgress);
    this.#jobs.set(id, job);
    const abort = () => job.fail(signal.reason);
    signal?.addEventListener("abort", abort, { once: true });
    try {
      if (isBlob(source)) {
        post({ algorithm, blob: source });
      } else {
        post({ algorithm });
        await readSource(source, (piece) => sendPiece(job, post, piece), { onProgress, signal });
        post({ end: true });
      }
      return await job.digest;
    } catch (thrown) {
      post({ abort: true });
      throw thrown;
    } finally {
      signal?.removeEventListener("abort", abort);
      this.#jobs.delete(id);
    }
  }

  #fail(event) {
    worker = undefined;
    this.#thread.terminate();
    const error = new LabelgateError("crashed", `the hashing worker stopped: ${event.message ?? event.type}`);
    for (const job of this.#jobs.values()) job.fail(error);
  }
}

/** One source on its way through the worker. */
class Job {
  #onProgress;
  #resolve;
  #reject;
  #sent = 0;
  #taken = 0;
  #wake = () => {};
  #failed = false;

  constructor(onProgress) {
    this.#onProgress = onProgress;
    this.digest = new Promise((resolve, reject) => {
      this.#resolve = resolve;
      this.#reject = reject;
    });
    // Who waits for a turn to send hears of a failure by itself; this keeps it from counting as unhandled.
    this.digest.catch(() => {});
  }

  receive({ loaded, total, taken, digest, error }) {
    if (loaded !== undefined) this.#onProgress?.({ loaded, total });
    if (digest !== undefined) this.#resolve(digest);
    if (error !== undefined) this.fail(error);
    if (taken) {
      this.#taken += 1;
      this.#wake();
    }
  }

  fail(error) {
    this.#failed = true;
    this.#reject(error);
    this.#wake();
  }

  /** Resolves when the next piece may be sent; rejects when the job has failed. */
  async turn() {
    while (!this.#failed && this.#sent - this.#taken >= PIECES_UNDER_WAY) {
      await new Promise((resolve) => (this.#wake = resolve));
    }
    if (this.#failed) await this.digest;
    this.#sent += 1;
  }
}

async function sendPiece(job, post, piece) {
  await job.turn();
  // A copy: the piece may be part of the caller's own buffer, and posting a view would copy all of that.
  const bytes = piece.slice();
  post({ piece: bytes }, [bytes.buffer]);
}
