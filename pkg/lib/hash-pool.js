/* A batch shared among workers: entries/hasher-worker.js hashes the parts. */
import { LabelgateError } from "./error.js";
import { openThread } from "./hash-worker.js";
import { DIGEST_BYTES } from "./lanes.js";
import { loadModule } from "./module.js";

/** Most workers of one pool: each has a copy of the module's memory. Chosen; not measured. */
const MAX_WORKERS = 16;
/** Bytes of a part, about: long enough that sending it costs little, short enough that all workers end together. */
const PART_BYTES = 1024 * 1024;
/** And messages of a part, for batches of very short ones. Both chosen; not measured. */
const PART_MESSAGES = 16 * 1024;
/** Parts under way to one worker: one being hashed, one at hand. */
const PARTS_UNDER_WAY = 2;

/** How this runtime starts a thread, and which it is; `undefined` where it has none. */
let startThread;
let runtime;
/** All threads that were started, as promises of a thread or of `undefined`. They stay for the next batch. */
const threads = [];

/** Says how to start a thread, without starting one yet. The first entry that says so wins. */
export function provideThreads(start, name) {
  startThread ??= start;
  runtime ??= name;
}

/** A pool of at most so many workers; `undefined` for none, and where none starts. */
export async function poolFor(workers) {
  if (!Number.isInteger(workers) || workers < 0) {
    throw new LabelgateError("usage", "workers must be a whole number from 0 on");
  }
  if (workers === 0 || startThread === undefined) return undefined;
  const module = loadModule();
  const count = Math.min(workers, MAX_WORKERS);
  while (threads.length < count) threads.push(openThread(startThread, { module, runtime }));
  const running = (await Promise.all(threads.slice(0, count))).filter((thread) => thread !== undefined);
  return running.length === 0 ? undefined : new Pool(running);
}

class Pool {
  #threads;

  constructor(threads) {
    this.#threads = threads;
  }

  async hash(content, ends) {
    const digests = new Uint8Array(ends.length * DIGEST_BYTES);
    const parts = partsOf(ends);
    const work = async (thread) => {
      for (let part = parts.next(); !part.done; part = parts.next()) {
        const { first, last, start, end } = part.value;
        const bytes = content.slice(start, end);
        const partEnds = ends.subarray(first, last).map((end) => end - start);
        digests.set(await ask(thread, { bytes, ends: partEnds }), first * DIGEST_BYTES);
      }
    };
    for (const thread of this.#threads) thread.ref?.();
    try {
      const asked = this.#threads.flatMap((thread) => Array.from({ length: PARTS_UNDER_WAY }, () => work(thread)));
      await Promise.all(asked);
    } finally {
      for (const thread of this.#threads) thread.unref?.();
    }
    return digests;
  }
}

/** Consecutive messages of about `PART_BYTES`: messages `first` to before `last`, bytes `start` to before `end`. */
function* partsOf(ends) {
  for (let first = 0, start = 0; first < ends.length; ) {
    let last = first + 1;
    while (last < ends.length && ends[last] - start <= PART_BYTES && last - first < PART_MESSAGES) last += 1;
    const end = ends[last - 1];
    yield { first, last, start, end };
    first = last;
    start = end;
  }
}

let lastId = 0;

/** Sends a part to a thread, and answers its digests. */
function ask(thread, { bytes, ends }) {
  const id = (lastId += 1);
  return new Promise((resolve, reject) => {
    const settle = (done, value) => {
      thread.removeEventListener("message", hear);
      thread.removeEventListener("error", fail);
      done(value);
    };
    const hear = ({ data }) => {
      if (data.id !== id) return;
      if (data.digests === undefined) fail({ message: data.error.message });
      else settle(resolve, data.digests);
    };
    const fail = ({ message }) => {
      threads.length = 0;
      settle(reject, new LabelgateError("crashed", `a hashing worker stopped: ${message}`));
    };
    thread.addEventListener("message", hear);
    thread.addEventListener("error", fail);
    thread.postMessage({ id, bytes, ends }, [bytes.buffer, ends.buffer]);
  });
}
