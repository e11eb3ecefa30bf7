/*
 * SHA-256 of many messages by the lanes of the wasm module, on this thread. Messages are copied into the module's memory
 * slice by slice; each slice is one call.
 */
import { ManyHasher } from "../wasm/labelgate.js";
import { loadModule, memoryBytes } from "./module.js";

export const DIGEST_BYTES = 32;

/**
 * Most bytes of one slice, and so of one message that goes this way. Within a second-level cache; what is held of the
 * module's memory for good. Measured: from 64 KiB on larger slices are no faster.
 */
export const SLICE_BYTES = 256 * 1024;
const SLICE_MESSAGES = 2048;

/** The one hasher of this thread, once it was needed. */
let hasher;
/** Which message each of the slice is, counted over all slices. */
const places = new Uint32Array(SLICE_MESSAGES);

/** A slice being filled. From its first message to `end` nothing else may call into the module, so nobody may wait. */
export class Slice {
  #digests;
  /** The room in the module's memory. A view of no more than that: whatever a caller claims, nothing is written beyond. */
  #room;
  #ends;
  #length = 0;
  #count = 0;

  /** @param {Uint8Array} digests where the digest of message `n` goes, from byte 32 `n` on */
  constructor(digests) {
    loadModule();
    hasher ??= new ManyHasher();
    this.#digests = digests;
  }

  /** Whether the slice must be ended before it can take a message of this length, which is at most `SLICE_BYTES`. */
  isFullFor(length) {
    return this.#count === SLICE_MESSAGES || this.#length + length > SLICE_BYTES;
  }

  /** Takes a message, which is number `place` of all. */
  add(place, message) {
    this.addEnd(place, message.length);
    this.copyRun(message);
  }

  /** Takes a message whose bytes `copyRun` will bring. */
  addEnd(place, length) {
    if (this.#count === 0) this.#open();
    places[this.#count] = place;
    this.#length += length;
    this.#ends[this.#count] = this.#length;
    this.#count += 1;
  }

  /** Brings the bytes of the messages whose ends were added last. */
  copyRun(bytes) {
    if (bytes.length > 0) this.#room.set(bytes, this.#length - bytes.length);
  }

  /** Hashes what was taken, if anything was. */
  end() {
    const count = this.#count;
    if (count === 0) return;
    const at = hasher.hash(this.#length, count) >>> 0;
    const first = places[0];
    const memory = memoryBytes();
    if (places[count - 1] - first === count - 1) {
      this.#digests.set(memory.subarray(at, at + count * DIGEST_BYTES), first * DIGEST_BYTES);
    } else {
      for (let n = 0; n < count; n += 1) {
        const from = at + n * DIGEST_BYTES;
        this.#digests.set(memory.subarray(from, from + DIGEST_BYTES), places[n] * DIGEST_BYTES);
      }
    }
    this.#length = 0;
    this.#count = 0;
  }

  #open() {
    const bytes = hasher.roomForBytes(SLICE_BYTES) >>> 0;
    const ends = hasher.roomForEnds(SLICE_MESSAGES) >>> 0;
    // After both: making room may move the memory.
    const { buffer } = memoryBytes();
    this.#room = new Uint8Array(buffer, bytes, SLICE_BYTES);
    this.#ends = new Uint32Array(buffer, ends, SLICE_MESSAGES);
  }
}

/** The digest of one message of at most `SLICE_BYTES`. */
export function hashOne(message) {
  const digest = new Uint8Array(DIGEST_BYTES);
  const slice = new Slice(digest);
  slice.add(0, message);
  slice.end();
  return digest;
}
