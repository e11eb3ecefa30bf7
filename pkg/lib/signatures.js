/*
 * Signatures that the wasm module leaves to its host: ES256, ES384, ES512, RS256 to PS512. WebCrypto checks them. It must
 * have the message whole, and is not there on a page that came over plain HTTP; ES256 and ES384 go by the digest of the
 * message then, through the second module.
 * Ed25519 is not among them: runtimes differ in what they let through, and the module is strict.
 */
import { verifySignature } from "./more.js";
import { parseJson } from "./wire.js";

const CURVES = { ES256: "P-256", ES384: "P-384", ES512: "P-521" };

/**
 * Asks the host about every check that `raw`, a gate whose BOM has ended, left open. One that the host cannot
 * make stays open, and the BOM is not trusted then.
 *
 * @param {import("../wasm/labelgate.js").Gate} raw
 * @param {Uint8Array} open what `endBom` said
 */
export async function answerChecks(raw, open) {
  for (const { number, algorithm, key, digest } of parseJson(open)) {
    const [signature, message] = raw.bomCheck(number);
    const isGood =
      (await verify(algorithm, key, signature, message)) ?? (await verifyByDigest(algorithm, key, signature, digest));
    if (isGood !== undefined) raw.answerBomCheck(number, isGood);
  }
}

/** Whether the signature is good; `undefined` when this runtime cannot say. */
async function verify(algorithm, jwk, signature, message) {
  // No `crypto.subtle` on a page that came over plain HTTP; no message when it was too long to be kept.
  const subtle = globalThis.crypto?.subtle;
  if (subtle === undefined || message === undefined) return undefined;
  const how = parametersOf(algorithm);
  try {
    const key = await subtle.importKey("jwk", jwk, how, false, ["verify"]);
    return await subtle.verify(how, key, signature, message);
  } catch (error) {
    // A key that is no point of its curve, for one, is the publisher's fault and not the runtime's.
    return error?.name === "NotSupportedError" ? undefined : false;
  }
}

/** The same by the second module; `undefined` when it is out of reach or does not know the algorithm. */
async function verifyByDigest(algorithm, { x, y }, signature, digest) {
  if ((algorithm !== "ES256" && algorithm !== "ES384") || digest === undefined) return undefined;
  const point = Uint8Array.of(4, ...fromBase64Url(x), ...fromBase64Url(y));
  const bytes = Uint8Array.from(digest.match(/../g), (pair) => Number.parseInt(pair, 16));
  try {
    return await verifySignature(algorithm, point, bytes, signature, { isDigest: true });
  } catch (error) {
    if (error?.code === "not-loaded") return undefined;
    throw error;
  }
}

function fromBase64Url(text) {
  return Uint8Array.from(atob(text.replace(/-/g, "+").replace(/_/g, "/")), (unit) => unit.charCodeAt(0));
}

function parametersOf(algorithm) {
  const hash = `SHA-${algorithm.slice(2)}`;
  switch (algorithm.slice(0, 2)) {
    case "ES":
      return { name: "ECDSA", namedCurve: CURVES[algorithm], hash };
    case "PS":
      return { name: "RSA-PSS", saltLength: Number(algorithm.slice(2)) / 8, hash };
    default:
      return { name: "RSASSA-PKCS1-v1_5", hash };
  }
}
