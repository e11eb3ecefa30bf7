/** One line of a stream, or the fact that a line was longer than allowed. */
export type Line = { bytes: Uint8Array } | { tooLong: true };

const LF = 0x0a;

/**
 * Splits a stream of bytes into lines, without the line feeds. It never holds more than `maxBytes` of a
 * line beside the chunk at hand, in however many pieces the line comes: the rest of a longer line is read and
 * dropped. A last line needs no line feed; a line of nothing but white space is left out.
 */
export async function* splitLines(stream: ReadableStream<Uint8Array>, maxBytes: number): AsyncGenerator<Line> {
  const held = new Held(maxBytes);
  const take = (): Line | undefined => {
    const bytes = held.take();
    if (bytes === undefined) {
      return { tooLong: true };
    }
    return isBlank(bytes) ? undefined : { bytes };
  };

  for await (const chunk of stream) {
    let start = 0;
    for (let end = chunk.indexOf(LF); end >= 0; end = chunk.indexOf(LF, start)) {
      held.add(chunk.subarray(start, end));
      start = end + 1;
      const line = take();
      if (line !== undefined) {
        yield line;
      }
    }
    held.add(chunk.subarray(start));
  }
  const last = take();
  if (last !== undefined) {
    yield last;
  }
}

/**
 * Reads a whole body, or gives `undefined` as soon as it is longer than `maxBytes`; the rest is then
 * neither read nor kept.
 */
export async function readBounded(
  stream: ReadableStream<Uint8Array>,
  maxBytes: number,
): Promise<Uint8Array | undefined> {
  const held = new Held(maxBytes);
  // Leaving the loop early cancels the stream.
  for await (const chunk of stream) {
    if (!held.add(chunk)) {
      return undefined;
    }
  }
  return held.take();
}

/**
 * Bytes that come in pieces, in one buffer that doubles up to the bound when it is full. The pieces themselves
 * are not kept: a piece of one byte, and the sender may choose to send such, takes hundreds.
 */
class Held {
  readonly #maxBytes: number;
  #buffer = new Uint8Array();
  /** All that came, also when it is too long to be held. */
  #length = 0;

  constructor(maxBytes: number) {
    this.#maxBytes = maxBytes;
  }

  /** Adds a piece; false once there is more than the bound, and then nothing is held. */
  add(piece: Uint8Array): boolean {
    const at = this.#length;
    this.#length += piece.length;
    if (this.#length > this.#maxBytes) {
      this.#buffer = new Uint8Array();
      return false;
    }
    if (this.#length > this.#buffer.length) {
      const doubled = Math.min(2 * this.#buffer.length, this.#maxBytes);
      const larger = new Uint8Array(Math.max(this.#length, doubled));
      larger.set(this.#buffer.subarray(0, at));
      this.#buffer = larger;
    }
    this.#buffer.set(piece, at);
    return true;
  }

  /** What was added, in a buffer of its own without room to spare; `undefined` when it was too long. */
  take(): Uint8Array | undefined {
    const length = this.#length;
    const buffer = this.#buffer;
    this.#length = 0;
    this.#buffer = new Uint8Array();
    if (length > this.#maxBytes) {
      return undefined;
    }
    return buffer.length === length ? buffer : buffer.slice(0, length);
  }
}

/** The bytes without JSON white space at either end. */
export function trimmed(bytes: Uint8Array): Uint8Array {
  let start = 0;
  let end = bytes.length;
  while (start < end && isSpace(bytes[start])) {
    start += 1;
  }
  while (end > start && isSpace(bytes[end - 1])) {
    end -= 1;
  }
  return bytes.subarray(start, end);
}

function isBlank(bytes: Uint8Array): boolean {
  return bytes.every(isSpace);
}

function isSpace(byte: number | undefined): boolean {
  return byte === 0x20 || byte === 0x09 || byte === 0x0a || byte === 0x0d;
}
