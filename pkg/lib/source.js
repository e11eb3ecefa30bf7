import { LabelgateError } from "./error.js";
import { asBytes } from "./wire.js";

const encoder = new TextEncoder();

/**
 * Most bytes handed to the wasm module in one call. Bounds what is copied into its memory at once;
 * beyond about 64 KiB larger pieces are not faster. Chosen; not measured.
 */
export const PIECE_BYTES = 128 * 1024;

/**
 * Bytes between two yields to the event loop. At a few hundred MB/s this is some 10 ms of work, so a
 * page keeps its frames. Chosen; not measured.
 */
export const YIELD_BYTES = 4 * 1024 * 1024;

/**
 * Feeds `source` to `consume` piece by piece, in order, and waits where `consume` returns a promise.
 *
 * @returns {Promise<number>} how many bytes were read
 */
export async function readSource(source, consume, { onProgress, signal } = {}) {
  signal?.throwIfAborted();
  const { total, chunks } = openSource(source);
  const cancel = () => chunks.cancel(signal.reason);
  signal?.addEventListener("abort", cancel, { once: true });
  let loaded = 0;
  let untilYield = YIELD_BYTES;
  let finished = false;
  try {
    for (;;) {
      const chunk = await chunks.next();
      signal?.throwIfAborted();
      if (chunk === undefined) break;
      for (let start = 0; start < chunk.length; start += PIECE_BYTES) {
        const piece = chunk.subarray(start, start + PIECE_BYTES);
        await consume(piece);
        signal?.throwIfAborted();
        loaded += piece.length;
        onProgress?.({ loaded, total });
        untilYield -= piece.length;
        if (untilYield <= 0) {
          untilYield = YIELD_BYTES;
          await yieldToEventLoop();
          signal?.throwIfAborted();
        }
      }
    }
    finished = true;
    return loaded;
  } finally {
    signal?.removeEventListener("abort", cancel);
    if (!finished) chunks.cancel();
  }
}

/** How many bytes a source holds, where that is known before reading it. */
export function sizeOf(source) {
  const bytes = bytesAtHand(source);
  if (bytes !== undefined) return bytes.length;
  if (isBlob(source)) return source.size;
  if (isResponse(source)) return contentLength(source);
  return undefined;
}

/** Whether this is a `Blob` or `File`, of any realm. */
export function isBlob(source) {
  return typeof source?.stream === "function" && typeof source.size === "number";
}

/** Whether this is a `Response`, of any realm. */
export function isResponse(source) {
  return typeof source?.arrayBuffer === "function" && typeof source.ok === "boolean";
}

/** Throws unless the response is a good answer: the body of an error page is not the document asked for. */
export function requireOk(response) {
  if (!response.ok) throw new LabelgateError("http", `${response.url || "the server"} answered ${response.status}`);
  return response;
}

function openSource(source) {
  const bytes = bytesAtHand(source);
  if (bytes !== undefined) return { total: bytes.length, chunks: oneChunk(bytes) };
  const total = sizeOf(source);
  if (isBlob(source)) return { total, chunks: streamChunks(source.stream()) };
  if (isResponse(source)) {
    const { body } = requireOk(source);
    return { total, chunks: body === null ? oneChunk(new Uint8Array()) : streamChunks(body) };
  }
  if (typeof source?.getReader === "function") return { total, chunks: streamChunks(source) };
  if (typeof source?.[Symbol.asyncIterator] === "function") return { total, chunks: iteratorChunks(source) };
  throw new LabelgateError(
    "usage",
    "the source must be a Blob, File, Response, ReadableStream, async iterable of bytes, ArrayBuffer, Uint8Array or string",
  );
}

/** The bytes of a source that is no stream; `undefined` of one that is. */
export function bytesAtHand(source) {
  if (typeof source !== "string") return asBytes(source);
  // Half a surrogate pair has no UTF-8; an encoder would put U+FFFD in its place without a word.
  if (/\p{Surrogate}/u.test(source)) throw new LabelgateError("usage", "the source's text holds half a surrogate pair");
  return encoder.encode(source);
}

function oneChunk(bytes) {
  let left = bytes;
  return {
    async next() {
      const chunk = left;
      left = undefined;
      return chunk;
    },
    cancel() {},
  };
}

function streamChunks(stream) {
  const reader = stream.getReader();
  return {
    async next() {
      const { done, value } = await reader.read();
      return done ? undefined : requireChunk(value);
    },
    cancel(reason) {
      // The caller hears of the first failure; one more while closing tells nothing new.
      reader.cancel(reason).catch(() => {});
    },
  };
}

function iteratorChunks(iterable) {
  const iterator = iterable[Symbol.asyncIterator]();
  let stop;
  // An iterator cannot be told to give up a pending read, so the read itself is left behind.
  const stopped = new Promise((resolve) => (stop = () => resolve({ done: true })));
  return {
    async next() {
      const { done, value } = await Promise.race([iterator.next(), stopped]);
      return done ? undefined : requireChunk(value);
    },
    cancel() {
      stop();
      Promise.resolve(iterator.return?.()).catch(() => {});
    },
  };
}

function requireChunk(value) {
  const chunk = asBytes(value);
  if (chunk === undefined) throw new LabelgateError("usage", "the source's chunks must be bytes");
  return chunk;
}

/** The body's length, unless a content encoding makes the header count other bytes than we will see. */
function contentLength(response) {
  const length = response.headers.get("content-length");
  return length === null || response.headers.has("content-encoding") ? undefined : Number(length);
}

export function yieldToEventLoop() {
  if (typeof globalThis.scheduler?.yield === "function") return globalThis.scheduler.yield();
  return new Promise((resolve) => (globalThis.setImmediate ?? setTimeout)(resolve, 0));
}
