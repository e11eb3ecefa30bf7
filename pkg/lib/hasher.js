import { isMore, rawHasher, requireAlgorithm } from "./algorithms.js";
import { toLabelgateError } from "./error.js";
import { hashWorker } from "./hash-worker.js";
import { toHex } from "./hex.js";
import { loadModule } from "./module.js";
import { readSource, sizeOf } from "./source.js";
import { requireBytes } from "./wire.js";

/**
 * From this size on a source is hashed in a worker, where the runtime has one. Below it the work takes
 * about one frame, and waking a worker up is dearer. Chosen; not measured.
 */
const WORKER_BYTES = 4 * 1024 * 1024;

/** Hashes content as it arrives, in constant memory. */
export class Hasher {
  #algorithm;
  /** Only between the first `update` and `digest`: an idle hasher holds no wasm memory. */
  #raw;

  constructor(algorithm = "sha256") {
    this.#algorithm = requireAlgorithm(algorithm);
    // Now rather than in the middle of a stream.
    rawHasher(algorithm);
  }

  async hash(source, { onProgress, signal, worker } = {}) {
    signal?.throwIfAborted();
    // The worker has the main module alone; what the other one computes is hashed here, in pieces.
    if (!isMore(this.#algorithm) && (worker ?? !(sizeOf(source) < WORKER_BYTES))) {
      const thread = await hashWorker(loadModule());
      if (thread !== undefined) return thread.hash(this.#algorithm, source, { onProgress, signal });
    }
    return hashInPlace(this.#algorithm, source, { onProgress, signal });
  }

  update(chunk) {
    const bytes = requireBytes(chunk, "chunk");
    this.#raw ??= new (rawHasher(this.#algorithm))(this.#algorithm);
    this.#raw.update(bytes);
    return this;
  }

  digest() {
    const raw = this.#raw ?? new (rawHasher(this.#algorithm))(this.#algorithm);
    this.#raw = undefined;
    return takeDigest(this.#algorithm, raw);
  }

  free() {
    this.#raw?.free();
    this.#raw = undefined;
  }
}

if (Symbol.dispose) {
  Object.defineProperty(Hasher.prototype, Symbol.dispose, {
    value: Hasher.prototype.free,
    writable: true,
    configurable: true,
  });
}

/** Hashes a source on this thread, in pieces that let the event loop run in between. */
export async function hashInPlace(algorithm, source, options) {
  const hasher = new Hasher(algorithm);
  try {
    await readSource(source, (piece) => void hasher.update(piece), options);
    return hasher.digest();
  } catch (thrown) {
    throw toLabelgateError(thrown);
  } finally {
    hasher.free();
  }
}

/** The digest as the gate writes it, `sha256:` and lower-case hexadecimal; the raw hasher is used up. */
function takeDigest(algorithm, raw) {
  try {
    return `${algorithm}:${toHex(raw.digest())}`;
  } finally {
    raw.free();
  }
}
