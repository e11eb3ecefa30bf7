/* Signs BOMs with Node's own cryptography, so that the gate's signing is not what its checks are tried with. */
import { createPublicKey, generateKeyPairSync, sign } from "node:crypto";
import { bytesOf } from "./crowd.mjs";

/** RFC 8785, for values of strings and whole numbers. */
export function canonical(value) {
  if (Array.isArray(value)) return `[${value.map(canonical).join(",")}]`;
  if (typeof value !== "object") return JSON.stringify(value);
  const members = Object.keys(value).sort();
  return `{${members.map((name) => `${JSON.stringify(name)}:${canonical(value[name])}`).join(",")}}`;
}

const HASHES = { Ed25519: null, ES256: "sha256" };

/** A BOM with a list of signatures, each as if alone. */
export function signed(bom, ...pairs) {
  const signers = pairs.map(({ privateKey, jwk, algorithm }) => {
    const signer = { algorithm, publicKey: jwk };
    const message = Buffer.from(canonical({ ...bom, signature: { signers: [signer] } }));
    const key = { key: privateKey, dsaEncoding: "ieee-p1363" };
    return { ...signer, value: sign(HASHES[algorithm], message, key).toString("base64url") };
  });
  return bytesOf({ signature: { signers }, ...bom });
}

export function newPair(algorithm = "Ed25519") {
  const { privateKey } =
    algorithm === "Ed25519" ? generateKeyPairSync("ed25519") : generateKeyPairSync("ec", { namedCurve: "P-256" });
  return { privateKey, algorithm, jwk: createPublicKey(privateKey).export({ format: "jwk" }) };
}
