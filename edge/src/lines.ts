/** One line of a stream, or the fact that a line was longer than allowed. */
export type Line = { bytes: Uint8Array } | { tooLong: true };

const LF = 0x0a;

/**
 * Splits a stream of bytes into lines, without the line feeds. It never holds more than `maxBytes` of a
 * line beside the chunk at hand: the rest of a longer line is read and dropped. A last line needs no line
 * feed; a line of nothing but white space is left out.
 */
export async function* splitLines(stream: ReadableStream<Uint8Array>, maxBytes: number): AsyncGenerator<Line> {
  let pieces: Uint8Array[] = [];
  let length = 0;

  const keep = (piece: Uint8Array) => {
    length += piece.length;
    if (length > maxBytes) {
      pieces = [];
    } else if (piece.length > 0) {
      pieces.push(piece);
    }
  };
  const take = (): Line | undefined => {
    const line: Line = length > maxBytes ? { tooLong: true } : { bytes: concatenate(pieces, length) };
    pieces = [];
    length = 0;
    return "bytes" in line && isBlank(line.bytes) ? undefined : line;
  };

  for await (const chunk of stream) {
    let start = 0;
    for (let end = chunk.indexOf(LF); end >= 0; end = chunk.indexOf(LF, start)) {
      keep(chunk.subarray(start, end));
      start = end + 1;
      const line = take();
      if (line !== undefined) {
        yield line;
      }
    }
    keep(chunk.subarray(start));
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
  const pieces: Uint8Array[] = [];
  let length = 0;
  // Leaving the loop early cancels the stream.
  for await (const chunk of stream) {
    length += chunk.length;
    if (length > maxBytes) {
      return undefined;
    }
    pieces.push(chunk);
  }
  return concatenate(pieces, length);
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

function concatenate(pieces: Uint8Array[], length: number): Uint8Array {
  const whole = new Uint8Array(length);
  let at = 0;
  for (const piece of pieces) {
    whole.set(piece, at);
    at += piece.length;
  }
  return whole;
}
