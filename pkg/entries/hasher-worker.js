/* Hashes beside the page. lib/hash-worker.js describes the messages. */
import { LabelgateError } from "../lib/error.js";
import { hashPacked, provideRuntime } from "../lib/hash.js";
import { Hasher, hashInPlace } from "../lib/hasher.js";
import { loadModule, provideModule } from "../lib/module.js";

/** What each job under way needs: `{ hasher }` for pieces, `{ controller }` for a blob. */
const jobs = new Map();

addEventListener("message", ({ data }) => {
  if (data.module !== undefined) return start(data);
  if (data.ends !== undefined) return hashBatch(data);
  const { id } = data;
  if (data.algorithm !== undefined) return data.blob === undefined ? startPieces(data) : hashBlob(data);
  const job = jobs.get(id);
  if (job === undefined) return;
  if (data.piece !== undefined) {
    job.hasher.update(data.piece);
    postMessage({ id, taken: true });
  } else {
    jobs.delete(id);
    if (data.end) postMessage({ id, digest: job.hasher.digest() });
    job.hasher?.free();
    job.controller?.abort();
  }
});

function start({ module, runtime }) {
  provideModule(() => module);
  provideRuntime(runtime);
  loadModule();
  postMessage({ ready: true });
}

function startPieces({ id, algorithm }) {
  jobs.set(id, { hasher: new Hasher(algorithm) });
}

async function hashBlob({ id, algorithm, blob }) {
  const controller = new AbortController();
  jobs.set(id, { controller });
  try {
    const onProgress = ({ loaded, total }) => postMessage({ id, loaded, total });
    postMessage({ id, digest: await hashInPlace(algorithm, blob, { onProgress, signal: controller.signal }) });
  } catch (error) {
    // Error classes of ours do not survive the journey; the page was told its reason already on abort.
    postMessage({ id, error: error instanceof LabelgateError ? new Error(error.message) : error });
  } finally {
    jobs.delete(id);
  }
}

async function hashBatch({ id, bytes, ends }) {
  try {
    const digests = await hashPacked(bytes, ends);
    postMessage({ id, digests }, [digests.buffer]);
  } catch (error) {
    postMessage({ id, error: new Error(error.message) });
  }
}
