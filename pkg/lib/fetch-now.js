import { LabelgateError } from "./error.js";

/**
 * The bytes behind an address, at once: the thread waits.
 *
 * Only for engines without SIMD, which are from before 2023. They need a second file before the first gate, nobody else
 * should have to await or download it, and this is the one way that a page has.
 */
export function fetchNow(address) {
  const request = new XMLHttpRequest();
  request.open("GET", address, false);
  // A page may ask for no bytes here, but for text in which every byte is one character.
  request.overrideMimeType("text/plain; charset=x-user-defined");
  try {
    request.send();
  } catch (cause) {
    throw new LabelgateError("not-loaded", `${address} is out of reach, and this engine has no SIMD`, cause);
  }
  if (request.status !== 200) throw new LabelgateError("not-loaded", `${address} answered ${request.status}`);
  return Uint8Array.from(request.responseText, (character) => character.charCodeAt(0) & 0xff);
}
