import { Hasher as RawHasher } from "../wasm/labelgate.js";
import { LabelgateError, toLabelgateError } from "./error.js";
import { hashWorker } from "./hash-worker.js";
import { loadModule } from "./module.js";
import { readSource, sizeOf } from "./source.js";
import { requireBytes } from "./wire.js";

const ALGORITHMS = ["sha256", "sha384", "sha512"];

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
    if (!ALGORITHMS.includes(algorithm)) {
      throw new LabelgateError("usage", `the algorithm must be one of ${ALGORITHMS.join(", ")}`);
    }
    loadModule();
    this.#algorithm = algorithm;
  }

  async hash(source, { onProgress, signal, worker } = {}) {
    signal?.throwIfAborted();
    if (worker ?? !(sizeOf(source) < WORKER_BYTES)) {
      const thread = await hashWorker(loadModule());
      if (thread !== undefined) return thread.hash(this.#algorithm, source, { onProgress, signal });
    }
    return hashInPlace(this.#algorithm, source, { onProgress, signal });
  }

  update(chunk) {
    const bytes = requireBytes(chunk, "chunk");
    this.#raw ??= new RawHasher(this.#algorithm);
    this.#raw.update(bytes);
    return this;
  }

  digest() {
    const raw = this.#raw ?? new RawHasher(this.#algorithm);
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
    return `${algorithm}:${Array.from(raw.digest(), (byte) => byte.toString(16).padStart(2, "0")).join("")}`;
  } finally {
    raw.free();
  }
}
