const DIGITS = new TextEncoder().encode("0123456789abcdef");
const decoder = new TextDecoder();

/** Bytes as lower-case hexadecimal. */
export function toHex(bytes) {
  if (typeof bytes.toHex === "function") return bytes.toHex();
  const text = new Uint8Array(2 * bytes.length);
  for (let index = 0; index < bytes.length; index += 1) {
    text[2 * index] = DIGITS[bytes[index] >> 4];
    text[2 * index + 1] = DIGITS[bytes[index] & 15];
  }
  return decoder.decode(text);
}
