const DIGITS = new TextEncoder().encode("0123456789abcdef");
const BYTES = Array.from({ length: 256 }, (_, byte) => byte.toString(16).padStart(2, "0"));
/** From so many bytes on the decoder pays for its call. Measured in Node 20. */
const LONG = 256;
const decoder = new TextDecoder();

/** Bytes as lower-case hexadecimal. */
export function toHex(bytes) {
  if (typeof bytes.toHex === "function") return bytes.toHex();
  if (bytes.length >= LONG) return decodedHex(bytes);
  let text = "";
  for (const byte of bytes) text += BYTES[byte];
  return text;
}

function decodedHex(bytes) {
  const text = new Uint8Array(2 * bytes.length);
  for (let index = 0; index < bytes.length; index += 1) {
    text[2 * index] = DIGITS[bytes[index] >> 4];
    text[2 * index + 1] = DIGITS[bytes[index] & 15];
  }
  return decoder.decode(text);
}
