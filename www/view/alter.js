/* Changes one byte of an item, so that it can still be looked at and is no longer the published one. */

const HASH = "#".charCodeAt(0);

/** A copy with one byte changed, and where and how. */
export function alterByte(bytes, name) {
  const at = name.endsWith(".svg") ? colourDigit(bytes) : middleLetter(bytes);
  const altered = bytes.slice();
  altered[at] = otherSign(bytes[at]);
  return { bytes: altered, at, was: String.fromCharCode(bytes[at]), is: String.fromCharCode(altered[at]) };
}

/** The first digit of the drawing's first colour, which is the ground's. */
function colourDigit(bytes) {
  return bytes.indexOf(HASH) + 1;
}

function middleLetter(bytes) {
  const isLetter = (byte) => byte >= 0x61 && byte <= 0x7a;
  const middle = bytes.length >> 1;
  const found = bytes.subarray(middle).findIndex(isLetter);
  return found === -1 ? bytes.findIndex(isLetter) : middle + found;
}

/** Far away among the hexadecimal digits, so that the change is seen; another letter otherwise. */
function otherSign(byte) {
  const digits = "0123456789abcdef";
  const sign = String.fromCharCode(byte).toLowerCase();
  const digit = digits.indexOf(sign);
  const other = digit === -1 ? String.fromCharCode(((byte - 0x61 + 1) % 26) + 0x61) : digits[(digit + 8) % 16];
  return other.charCodeAt(0);
}
