/*
 * Signatures that the module leaves to WebCrypto: BOMs signed by every algorithm, and the samples of JSF's author.
 *
 * The package reads BOMs, and a sample is none: what it signs cannot become a part of one. So its signatures go to
 * where those of a BOM go, `answerChecks`, with the message made here. That the module makes the very same message
 * of these samples is tested in tests/bom_corpus/jsf.rs.
 */
import { test } from "node:test";
import assert from "node:assert/strict";
import { createPublicKey } from "node:crypto";
import { readFileSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { Gate, verifySignature } from "labelgate";
import { answerChecks } from "../lib/signatures.js";
import { bomOf, bytesOf } from "./support/crowd.mjs";
import { sharedData } from "./support/shared-data.mjs";
import { ALGORITHMS, canonical, newPair, signed } from "./support/signed.mjs";

const BOM = { ...bomOf(["a.png"]), serialNumber: "urn:uuid:0b8a6b3e-6d4c-4a57-8f0a-0d5d6f8f2c11" };
const BY_WEBCRYPTO = Object.keys(ALGORITHMS).filter((algorithm) => algorithm !== "Ed25519");
const JSF = sharedData("bom/jsf");

const made = new Map();

/** One of two pairs for the algorithm. Those of RSA are the same for all six: they take long to make. */
function pairOf(algorithm, which) {
  const maker = ALGORITHMS[algorithm].kind === "rsa" ? "RS256" : algorithm;
  const name = `${maker} ${which}`;
  if (!made.has(name)) made.set(name, newPair(maker));
  const pair = made.get(name);
  return maker === algorithm ? pair : { ...pair, algorithm, jwk: { ...pair.jwk, alg: algorithm } };
}

for (const algorithm of Object.keys(ALGORITHMS)) {
  test(`${algorithm}: a BOM is trusted by its key, and neither changed nor by another key`, async () => {
    const [pair, other] = [pairOf(algorithm, "one"), pairOf(algorithm, "other")];
    const load = async (bytes, { jwk }) => {
      const gate = new Gate({ bom: { keys: [jwk] } });
      const { trusted, refusal } = await gate.loadBom(bytes);
      gate.free();
      return [trusted, refusal];
    };
    const bytes = signed(BOM, pair);
    assert.deepEqual(await load(bytes, pair), [true, undefined]);
    const changed = new TextDecoder().decode(bytes).replace('"a.png"', '"b.png"');
    assert.deepEqual(await load(changed, pair), [false, "bad-signature"]);
    assert.deepEqual(await load(bytes, other), [false, "key-not-pinned"]);
  });
}

/** The samples: who signed, in what form, and the document. */
function samples() {
  return readdirSync(join(JSF.found, "signed")).map((file) => {
    const [names, form] = file.replace(".json", "").split("@");
    const signers = names.split("+").map((name) => {
      const [key, algorithm] = name.split("_");
      return { key, algorithm: algorithm.startsWith("ed") ? algorithm.replace("e", "E") : algorithm.toUpperCase() };
    });
    return { file, form, signers, document: JSON.parse(readFileSync(join(JSF.found, "signed", file), "utf8")) };
  });
}

/** The public key of this name, as the module hands it over. */
function keyOf({ key, algorithm }) {
  const pem = readFileSync(join(JSF.found, "keys", `${key}publickey.pem`));
  return { ...createPublicKey(pem).export({ format: "jwk" }), alg: algorithm };
}

/** What each signer signed, and the signature: JSF 0.82, sections 4 and 5. */
function signaturesOf({ document, form, signers }) {
  const member = form.startsWith("name-") ? "authorizationSignature" : "signature";
  const whole = document[member];
  const parts = whole.signers ?? whole.chain ?? [whole];
  return parts.map(({ value, ...rest }, at) => {
    // `excludes` and `extensions` stand beside the list, and are signed with it.
    const object = whole.signers
      ? { ...whole, signers: [rest] }
      : whole.chain
        ? { ...whole, chain: [...parts.slice(0, at), rest] }
        : rest;
    // Neither the members that `excludes` names nor the list of their names is signed.
    const { excludes = [], ...said } = object;
    const covered = { ...document, [member]: said };
    for (const name of excludes) delete covered[name];
    return { ...signers[at], message: bytesOfText(canonical(covered)), signature: Buffer.from(value, "base64url") };
  });
}

const bytesOfText = (text) => new TextEncoder().encode(text);

/** What the package's host side says of a signature; `undefined` when it leaves it open. */
async function answer({ algorithm, jwk, message, signature }) {
  let isGood;
  const raw = {
    bomCheck: () => [signature, message],
    answerBomCheck: (_, answered) => (isGood = answered),
  };
  await answerChecks(raw, bytesOf([{ number: 0, algorithm, key: jwk }]));
  return isGood;
}

test("every sample that is signed by what WebCrypto is asked for verifies, and not when it was altered", JSF, async (t) => {
  const counts = {};
  for (const sample of samples()) {
    for (const signature of signaturesOf(sample)) {
      counts[signature.algorithm] = (counts[signature.algorithm] ?? 0) + 1;
      if (!BY_WEBCRYPTO.includes(signature.algorithm)) continue;
      const check = { ...signature, jwk: keyOf(signature) };
      assert.equal(await answer(check), true, sample.file);
      for (const part of ["message", "signature"]) {
        for (const at of [0, check[part].length >> 1, check[part].length - 1]) {
          const altered = Uint8Array.from(check[part]);
          altered[at] ^= 1;
          assert.equal(await answer({ ...check, [part]: altered }), false, `${sample.file}, ${part}, byte ${at}`);
        }
      }
      const another = pairOf(check.algorithm, "other").jwk;
      assert.equal(await answer({ ...check, jwk: another }), false, `${sample.file} by another key`);
      // The same key for another algorithm of its kind.
      const wrong = { ES256: "ES384", ES384: "ES256", ES512: "ES256" }[check.algorithm] ?? "RS384";
      assert.equal(await answer({ ...check, algorithm: wrong }), false, `${sample.file} as ${wrong}`);
    }
  }
  t.diagnostic(`signatures: ${JSON.stringify(counts)}; Ed25519 is the module's, Ed448 and HMAC are nobody's`);
  assert.ok(counts.ES512 >= 4 && counts.RS256 >= 9 && counts.PS256 >= 1 && counts.PS512 >= 1, JSON.stringify(counts));
});

test("the second module says the same of ES256 and ES384", JSF, async () => {
  let checked = 0;
  for (const sample of samples()) {
    for (const { key, algorithm, message, signature } of signaturesOf(sample)) {
      if (algorithm !== "ES256" && algorithm !== "ES384") continue;
      const { x, y } = keyOf({ key, algorithm });
      const point = Buffer.concat([Buffer.of(4), Buffer.from(x, "base64url"), Buffer.from(y, "base64url")]);
      assert.equal(await verifySignature(algorithm, point, message, signature), true, sample.file);
      const altered = Uint8Array.from(message, (byte, at) => (at === 9 ? byte ^ 1 : byte));
      assert.equal(await verifySignature(algorithm, point, altered, signature), false, sample.file);
      checked += 1;
    }
  }
  assert.ok(checked > 30, `${checked} signatures`);
});

test("the signature of a sample makes no BOM trusted, whatever its key; HMAC is refused as such", JSF, async () => {
  for (const { file, form, signers, document } of samples()) {
    const keys = signers.filter(({ algorithm }) => algorithm in ALGORITHMS).map(keyOf);
    const gate = new Gate({ bom: { keys: keys.length > 0 ? keys : [pairOf("Ed25519", "other").jwk] } });
    const signature = document.signature ?? document.authorizationSignature;
    const { trusted, refusal } = await gate.loadBom(bytesOf({ ...BOM, signature }));
    gate.free();
    const expected = signers[0].algorithm.startsWith("HS")
      ? "hmac"
      : form.includes("excl")
        ? "excludes"
        : form.includes("exts")
          ? "extensions"
          : keys.length > 0
            ? "bad-signature"
            : "key-not-pinned";
    assert.deepEqual([trusted, refusal], [false, expected], file);
  }
});

test("a MAC is no signature for the host either", async () => {
  const jwk = { kty: "oct", k: "AAAA", alg: "HS256" };
  const check = { algorithm: "HS256", jwk, message: new Uint8Array(3), signature: new Uint8Array(32) };
  assert.equal(await answer(check), false);
});
