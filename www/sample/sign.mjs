/* JSF signatures, as `labelgate bom sign` makes them: made by other code than the one that checks them. */
import { createPublicKey, sign } from "node:crypto";

/** The algorithm of JSF for each kind of key that is signed with here, and its hash for Node. */
const ALGORITHMS = { Ed25519: ["Ed25519", null], "P-256": ["ES256", "sha256"], "P-521": ["ES512", "sha512"] };

/** The BOM with one signature as its first member. The key is a Node `KeyObject`. */
export function signed(bom, privateKey) {
  const publicKey = createPublicKey(privateKey).export({ format: "jwk" });
  const [algorithm, hash] = ALGORITHMS[publicKey.crv];
  const signature = { algorithm, publicKey };
  const message = Buffer.from(canonical({ ...bom, signature }));
  // Of ECDSA the two numbers as they are, and not ASN.1.
  const value = sign(hash, message, { key: privateKey, dsaEncoding: "ieee-p1363" }).toString("base64url");
  return { signature: { ...signature, value }, ...bom };
}

/** The canonical form of RFC 8785, for values of strings, whole numbers and booleans alone. */
function canonical(value) {
  if (Array.isArray(value)) return `[${value.map(canonical).join(",")}]`;
  if (typeof value !== "object") return JSON.stringify(value);
  const members = Object.keys(value).sort();
  return `{${members.map((name) => `${JSON.stringify(name)}:${canonical(value[name])}`).join(",")}}`;
}
