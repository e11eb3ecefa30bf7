/* The published list and the files that are compared with it. One list at a time: the page shows one. */
import { Bom, Hasher } from "../labelgate/entries/browser.js";

/** How often the page hears of progress, in ms. Chosen: smooth to the eye, and no flood of messages. */
const TELL_EVERY_MS = 60;

/** Up to this size a file is read whole. Chosen: little memory, and most items of a data set are smaller. */
const SMALL_BYTES = 1024 * 1024;

export class PublishedList {
  #bom;
  /** The last comparison that came to its end, and the sizes of its files by their paths. */
  #comparison;
  #sizes = new Map();

  /**
   * Reads a BOM and finds out who signed it. Answers its summary.
   *
   * @param {{bom: Blob, keys: object[], threshold: number, verifierKeys: string[], checkpoint?: Blob}} given
   */
  async open({ bom, keys, threshold, verifierKeys, checkpoint }, { send, signal }) {
    this.#close();
    const pinned = keys.length === 0 ? undefined : { keys, threshold };
    if (pinned && verifierKeys.length > 0) pinned.checkpoint = { keys: verifierKeys };
    const tell = teller(bom.size, send);
    const opened = await Bom.load(bom, pinned, {
      checkpoint: checkpoint && (await checkpoint.text()),
      onProgress: ({ loaded }) => tell(loaded),
      signal,
    });
    this.#bom = opened;
    return opened.summary;
  }

  /**
   * Hashes every file and compares it with the list. Answers how many stand how.
   *
   * @param {{path: string, file: Blob}[]} files
   */
  async compare(files, { send, signal }) {
    const total = files.reduce((sum, { file }) => sum + file.size, 0);
    const startedMs = performance.now();
    const tell = teller(total, send);
    const comparison = this.#bom.compare();
    try {
      let done = 0;
      for (const { path, file } of files) {
        signal.throwIfAborted();
        const hearDone = ({ loaded }) => tell(done + loaded);
        comparison.meet(path, await this.#digests(path, file, { signal, onProgress: hearDone }));
        done += file.size;
        tell(done);
      }
      const counts = comparison.conclude();
      this.#comparison?.free();
      this.#comparison = comparison;
      this.#sizes = new Map(files.map(({ path, file }) => [path, file.size]));
      return { counts, files: files.length, bytes: total, ms: performance.now() - startedMs };
    } catch (error) {
      comparison.free();
      throw error;
    }
  }

  /** Some of those that stand like this, with the sizes of their files. */
  rows({ standing, from, count }) {
    return this.#comparison.list(standing, { from, count }).map((row) => {
      const size = this.#sizes.get(standing === "moved" ? row.other : row.name);
      return { standing, size, ...row };
    });
  }

  /** The digests of a file by the algorithms that the list has for it, as far as the package computes them. */
  async #digests(path, file, options) {
    // A small file is read at once, which is several times cheaper than a stream for each.
    const source = file.size <= SMALL_BYTES ? await file.arrayBuffer().catch(nameOf(path)) : file;
    const digests = [];
    for (const algorithm of this.#bom.algorithms(path)) {
      const hasher = hasherOf(algorithm);
      if (hasher) digests.push(await hasher.hash(source, options).catch(nameOf(path)));
    }
    // Nothing that is listed can be measured: the file is shown as unproven, with what it is.
    return digests.length > 0 ? digests : [await new Hasher().hash(source, options).catch(nameOf(path))];
  }

  #close() {
    this.#comparison?.free();
    this.#bom?.free();
    this.#comparison = undefined;
    this.#bom = undefined;
    this.#sizes = new Map();
  }
}

/** The hasher, unless the package does not compute the algorithm. */
function hasherOf(algorithm) {
  try {
    return new Hasher(algorithm);
  } catch (error) {
    if (error.code === "usage") return undefined;
    throw error;
  }
}

/** Says which file it was that could not be read. */
function nameOf(path) {
  return (error) => {
    if (error?.name === "NotFoundError" || error?.name === "NotReadableError") {
      throw Object.assign(new Error(path, { cause: error }), { code: "unreadable" });
    }
    throw error;
  };
}

/** Tells the page how far the work is, and not too often. */
function teller(total, send) {
  const startedMs = performance.now();
  let toldMs = 0;
  return (loaded) => {
    const nowMs = performance.now();
    if (nowMs - toldMs < TELL_EVERY_MS) return;
    toldMs = nowMs;
    send({ loaded, total, perSecond: loaded / Math.max(0.001, (nowMs - startedMs) / 1000) });
  };
}
