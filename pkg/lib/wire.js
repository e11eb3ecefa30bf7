/*
 * What crosses into the wasm module is JSON text as UTF-8 bytes, and JSON text comes back.
 *
 * Objects are turned into text here on purpose. `JSON.stringify` and `JSON.parse` are the engine's
 * own fast paths; reading an object field by field across the boundary, or keeping handles to it,
 * costs several times more. And there is one strict reader for everybody: an object, a string and
 * bytes off the network get the same verdict.
 */
import { LabelgateError } from "./error.js";

const encoder = new TextEncoder();
const decoder = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });

/** The bytes behind any view or buffer, not copied; `undefined` when the value is neither. */
export function asBytes(value) {
  if (value instanceof Uint8Array) return value;
  if (ArrayBuffer.isView(value)) return new Uint8Array(value.buffer, value.byteOffset, value.byteLength);
  // Not `instanceof`: buffers also come from other realms (frames, test environments).
  if (Object.prototype.toString.call(value) === "[object ArrayBuffer]") return new Uint8Array(value);
  return undefined;
}

/** `asBytes`, for arguments that must be bytes. */
export function requireBytes(value, name) {
  const bytes = asBytes(value);
  if (bytes === undefined) throw new LabelgateError("usage", `${name} must be a Uint8Array`);
  return bytes;
}

/** A document as bytes of JSON: bytes stay as they are, text is encoded, an object is serialised first. */
export function toJsonBytes(value, name) {
  return asBytes(value) ?? encodeText(typeof value === "string" ? value : stringify(value, name));
}

/**
 * Text as UTF-8, or its lone surrogates as something that the strict reader refuses.
 *
 * `TextEncoder` silently replaces a lone surrogate by U+FFFD, which would change the document. As an
 * escape it reaches the reader, which says what it is and where. After a backslash an escape would
 * become plain text; there it goes in as U+0000, which is refused as well.
 */
export function encodeText(text) {
  return encoder.encode(text.replace(/\\?\p{Surrogate}/gu, refused));
}

function refused(found) {
  return found.length === 1 ? `\\u${found.charCodeAt(0).toString(16)}` : "\\\u0000";
}

/** The text behind UTF-8 bytes that the module wrote. */
export function decodeText(bytes) {
  return decoder.decode(bytes);
}

/** The object behind JSON bytes that the module wrote. */
export function parseJson(bytes) {
  return JSON.parse(decodeText(bytes));
}

/** A time in Unix milliseconds, or the error that says so. */
export function requireTime(now) {
  if (typeof now !== "number" || !Number.isFinite(now)) {
    throw new LabelgateError("usage", "now must be a finite number of Unix milliseconds");
  }
  return now;
}

function stringify(value, name) {
  let text;
  try {
    text = JSON.stringify(value);
  } catch (cause) {
    throw new LabelgateError("usage", `${name} cannot be written as JSON`, cause);
  }
  if (text === undefined) throw new LabelgateError("usage", `${name} must be an object, JSON text or bytes`);
  return text;
}
