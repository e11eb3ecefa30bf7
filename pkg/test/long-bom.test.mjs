/* A BOM so long that its canonical form is hashed as it comes: no host gets the message, but its digest. */
import { test } from "node:test";
import assert from "node:assert/strict";
import { Gate } from "labelgate";
import { bomOf } from "./support/crowd.mjs";
import { canonical, newPair, signed } from "./support/signed.mjs";

const names = Array.from({ length: 40_000 }, (_, n) => `images/${String(n).padStart(6, "0")}.png`);
const LONG = { ...bomOf(names), serialNumber: "urn:uuid:0b8a6b3e-6d4c-4a57-8f0a-0d5d6f8f2c11" };

/** Canonical, but for the signature, which comes first. */
function text(pair) {
  const { signature, ...rest } = JSON.parse(new TextDecoder().decode(signed(LONG, pair)));
  return `{"signature":${canonical(signature)},${canonical(rest).slice(1)}`;
}

for (const algorithm of ["Ed25519", "ES256"]) {
  test(`${algorithm}: a long BOM is trusted by its key, and one letter of it changed is not`, async () => {
    const pair = newPair(algorithm);
    const good = text(pair);
    assert.ok(good.length > 4 << 20);
    const gate = new Gate({ bom: { keys: [pair.jwk] } });
    const summary = await gate.loadBom(good);
    assert.deepEqual([summary.items, summary.trusted], [names.length, true]);
    const bad = await gate.loadBom(good.replace("images/020000.png", "images/020000.jpg"));
    assert.deepEqual([bad.trusted, bad.refusal], [false, "bad-signature"]);
    gate.free();
  });
}

test("ES256 on a page without WebCrypto, as over plain HTTP", async () => {
  const pair = newPair("ES256");
  const webCrypto = Object.getOwnPropertyDescriptor(globalThis, "crypto");
  Object.defineProperty(globalThis, "crypto", { value: {}, configurable: true });
  try {
    const gate = new Gate({ bom: { keys: [pair.jwk] } });
    const short = { ...bomOf(["a.png"]), serialNumber: LONG.serialNumber };
    assert.equal((await gate.loadBom(signed(short, pair))).trusted, true);
    gate.free();
  } finally {
    Object.defineProperty(globalThis, "crypto", webCrypto);
  }
});
