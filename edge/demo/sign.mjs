// Signs a BOM with nothing but WebCrypto, so that the gate's own signing is not what its checks are tried with. To
// publish a BOM there is `labelgate bom sign`.

const { subtle } = globalThis.crypto;

const CURVES = { "P-256": "ES256", "P-384": "ES384", "P-521": "ES512" };

/** A new private key as a JWK: `Ed25519`, `P-256`, `P-384` or `P-521`. */
export async function newKey(curve = "Ed25519") {
  const how = curve === "Ed25519" ? { name: curve } : { name: "ECDSA", namedCurve: curve };
  const { privateKey } = await subtle.generateKey(how, true, ["sign", "verify"]);
  const { kty, crv, x, y, d } = await subtle.exportKey("jwk", privateKey);
  return { kty, crv, x, ...(y && { y }), d };
}

/** What may be known to everybody. */
export function publicPart({ kty, crv, x, y }) {
  return { kty, crv, x, ...(y && { y }) };
}

/** The document with a JSF signature (https://cyberphone.github.io/doc/security/jsf.html), in canonical form. */
export async function signed(document, key) {
  const algorithm = CURVES[key.crv] ?? "Ed25519";
  const signature = { algorithm, publicKey: publicPart(key) };
  const message = new TextEncoder().encode(canonical({ ...document, signature }));
  const value = Buffer.from(await sign(message, key)).toString("base64url");
  return canonical({ ...document, signature: { ...signature, value } });
}

/** The signature of bytes; of ECDSA as `r` and `s`, one after the other. */
export async function sign(message, key) {
  const hash = { "P-384": "SHA-384", "P-521": "SHA-512" }[key.crv] ?? "SHA-256";
  const how = key.crv === "Ed25519" ? { name: key.crv } : { name: "ECDSA", namedCurve: key.crv, hash };
  return subtle.sign(how, await subtle.importKey("jwk", key, how, false, ["sign"]), message);
}

/** RFC 8785 is what `JSON.stringify` writes, with members in the order of their names' UTF-16 units. */
export function canonical(value) {
  return JSON.stringify(value, (_, member) =>
    member !== null && typeof member === "object" && !Array.isArray(member)
      ? Object.fromEntries(Object.entries(member).sort(([a], [b]) => (a < b ? -1 : 1)))
      : member,
  );
}
