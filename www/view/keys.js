/* Public keys as people give them: JWKs, JWK sets, and the verifier keys of checkpoints, one after the other. */

/** `name+hash+base64`, of the C2SP signed note. */
const VERIFIER_KEY = /^[^\s+]+\+[0-9a-f]{8}\+[A-Za-z0-9+/=]+$/;

/**
 * The keys in a text.
 *
 * @returns {{keys: object[], verifierKeys: string[], problem?: string}} `problem` is the text that is no key
 */
export function readKeys(text) {
  const found = { keys: [], verifierKeys: [] };
  let rest = text.trim();
  while (rest !== "") {
    const part = rest.startsWith("{") ? objectAt(rest) : rest.split(/\s/, 1)[0];
    if (part === undefined || !take(part, found)) return { ...found, problem: rest.slice(0, 40) };
    rest = rest.slice(part.length).replace(/^[\s,]+/, "");
  }
  return found;
}

function take(part, { keys, verifierKeys }) {
  if (!part.startsWith("{")) {
    if (!VERIFIER_KEY.test(part)) return false;
    verifierKeys.push(part);
    return true;
  }
  try {
    const value = JSON.parse(part);
    keys.push(...(Array.isArray(value.keys) ? value.keys : [value]));
    return true;
  } catch {
    return false;
  }
}

/** The object that the text begins with; `undefined` when it does not end. */
function objectAt(text) {
  let depth = 0;
  // Strings as a whole, so that brackets in them do not count.
  for (const { 0: sign, index } of text.matchAll(/"(?:[^"\\]|\\.)*"|[{}]/g)) {
    if (sign === "{") depth += 1;
    else if (sign === "}") depth -= 1;
    if (depth === 0) return text.slice(0, index + sign.length);
  }
  return undefined;
}
