/* Signs BOMs with Node's own cryptography, so that the gate's signing is not what its checks are tried with. */
import { constants, createPublicKey, generateKeyPairSync, sign } from "node:crypto";
import { bytesOf } from "./crowd.mjs";

/** RFC 8785, for values of strings and whole numbers. */
export function canonical(value) {
  if (Array.isArray(value)) return `[${value.map(canonical).join(",")}]`;
  if (typeof value !== "object") return JSON.stringify(value);
  const members = Object.keys(value).sort();
  return `{${members.map((name) => `${JSON.stringify(name)}:${canonical(value[name])}`).join(",")}}`;
}

/** Every algorithm of a pinned key, with its hash and the kind of its key. */
export const ALGORITHMS = {
  Ed25519: { hash: null, kind: "ed25519" },
  ES256: { hash: "sha256", kind: "ec", namedCurve: "P-256" },
  ES384: { hash: "sha384", kind: "ec", namedCurve: "P-384" },
  ES512: { hash: "sha512", kind: "ec", namedCurve: "P-521" },
  PS256: { hash: "sha256", kind: "rsa" },
  PS384: { hash: "sha384", kind: "rsa" },
  PS512: { hash: "sha512", kind: "rsa" },
  RS256: { hash: "sha256", kind: "rsa" },
  RS384: { hash: "sha384", kind: "rsa" },
  RS512: { hash: "sha512", kind: "rsa" },
};

/** A BOM with a list of signatures, each as if alone. */
export function signed(bom, ...pairs) {
  const signers = pairs.map((pair) => {
    // `alg` is for who pins the key; JSF names the algorithm beside it.
    const { alg, ...publicKey } = pair.jwk;
    const signer = { algorithm: pair.algorithm, publicKey };
    const message = Buffer.from(canonical({ ...bom, signature: { signers: [signer] } }));
    return { ...signer, value: signatureOf(pair, message).toString("base64url") };
  });
  return bytesOf({ signature: { signers }, ...bom });
}

function signatureOf({ privateKey, algorithm }, message) {
  const isPss = algorithm.startsWith("PS");
  const padding = isPss ? constants.RSA_PKCS1_PSS_PADDING : undefined;
  const saltLength = isPss ? constants.RSA_PSS_SALTLEN_DIGEST : undefined;
  return sign(ALGORITHMS[algorithm].hash, message, { key: privateKey, dsaEncoding: "ieee-p1363", padding, saltLength });
}

export function newPair(algorithm = "Ed25519") {
  const { kind, namedCurve } = ALGORITHMS[algorithm];
  const { privateKey } = generateKeyPairSync(kind, { namedCurve, modulusLength: 2048 });
  const jwk = createPublicKey(privateKey).export({ format: "jwk" });
  return { privateKey, algorithm, jwk: kind === "rsa" ? { ...jwk, alg: algorithm } : jwk };
}
