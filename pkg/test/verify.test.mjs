/* ES256 and ES384 by the second module, against WebCrypto. */
import { test } from "node:test";
import assert from "node:assert/strict";
import { verifySignature } from "labelgate";

const KINDS = [
  { algorithm: "ES256", curve: "P-256", hash: "SHA-256", keyBytes: 65, signatureBytes: 64 },
  { algorithm: "ES384", curve: "P-384", hash: "SHA-384", keyBytes: 97, signatureBytes: 96 },
];
const { subtle } = globalThis.crypto;

async function signed({ curve, hash }, message) {
  const { privateKey, publicKey } = await subtle.generateKey({ name: "ECDSA", namedCurve: curve }, true, ["sign", "verify"]);
  return {
    key: new Uint8Array(await subtle.exportKey("raw", publicKey)),
    signature: new Uint8Array(await subtle.sign({ name: "ECDSA", hash }, privateKey, message)),
    digest: new Uint8Array(await subtle.digest(hash, message)),
  };
}

for (const kind of KINDS) {
  const { algorithm, hash, keyBytes, signatureBytes } = kind;
  test(`${algorithm}: what WebCrypto signed is verified, by message and by digest`, async () => {
    for (const length of [0, 1, 200, 10_000]) {
      const message = new Uint8Array(length).fill(7);
      const { key, signature, digest } = await signed(kind, message);
      assert.equal(key.length, keyBytes);
      assert.equal(signature.length, signatureBytes);
      assert.equal(await verifySignature(algorithm, key, message, signature), true);
      assert.equal(await verifySignature(algorithm, key, digest, signature, { isDigest: true }), true);
    }
  });

  test(`${algorithm}: one changed bit anywhere is refused`, async () => {
    const message = new Uint8Array(40).fill(3);
    const { key, signature, digest } = await signed(kind, message);
    const flip = (bytes, bit) => bytes.map((byte, n) => (n === bit >> 3 ? byte ^ (1 << (bit & 7)) : byte));
    for (let bit = 0; bit < signature.length * 8; bit += 13) {
      assert.equal(await verifySignature(algorithm, key, message, flip(signature, bit)), false);
    }
    for (let bit = 0; bit < key.length * 8; bit += 13) {
      assert.equal(await verifySignature(algorithm, flip(key, bit), message, signature), false);
    }
    for (let bit = 0; bit < 40 * 8; bit += 13) {
      assert.equal(await verifySignature(algorithm, key, flip(message, bit), signature), false);
    }
    for (let bit = 0; bit < digest.length * 8; bit += 13) {
      assert.equal(await verifySignature(algorithm, key, flip(digest, bit), signature, { isDigest: true }), false);
    }
  });

  test(`${algorithm}: lengths are strict`, async () => {
    const message = new Uint8Array(40).fill(3);
    const { key, signature, digest } = await signed(kind, message);
    const refused = async (...parts) => assert.equal(await verifySignature(algorithm, ...parts), false);
    await refused(key.subarray(1), message, signature);
    await refused(Uint8Array.of(...key, 0), message, signature);
    // The compressed form of the very key.
    await refused(Uint8Array.of(2 + (key.at(-1) & 1), ...key.subarray(1, 1 + (keyBytes - 1) / 2)), message, signature);
    await refused(key, message, signature.subarray(1));
    await refused(key, message, Uint8Array.of(...signature, 0));
    await refused(key, message, new Uint8Array(signatureBytes));
    for (const wrong of [digest.subarray(1), Uint8Array.of(...digest, 0), new Uint8Array()]) {
      assert.equal(await verifySignature(algorithm, key, wrong, signature, { isDigest: true }), false);
    }
  });
}

test("another algorithm is a wrong call", async () => {
  const none = new Uint8Array();
  for (const algorithm of ["ES512", "es256", "EdDSA", "none"]) {
    await assert.rejects(verifySignature(algorithm, none, none, none), { code: "usage" });
  }
});
