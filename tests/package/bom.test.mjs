/*
 * BOMs of the command line against what others wrote: the official CycloneDX schema, and signatures by
 * `canonicalize` (RFC 8785) with WebCrypto, in both directions.
 */
import assert from "node:assert/strict";
import { execFileSync, spawnSync } from "node:child_process";
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, describe, test } from "node:test";
import { fileURLToPath } from "node:url";

import Ajv from "ajv";
import addFormats from "ajv-formats";
import addDraft2019 from "ajv-formats-draft2019";
import canonicalize from "canonicalize";

const root = fileURLToPath(new URL("../..", import.meta.url));
const schemas = join(
  createRequire(import.meta.url).resolve("@cyclonedx/cyclonedx-library/package.json"),
  "../res/schema",
);
const { subtle } = globalThis.crypto;

let folder;
let program;

before(() => {
  // The binary that the sources give, wherever cargo puts it.
  const built = execFileSync(
    "cargo",
    ["build", "--quiet", "--features", "cli", "--bin", "labelgate", "--message-format", "json"],
    { cwd: root, encoding: "utf8", maxBuffer: 1 << 28 },
  );
  const messages = built.split("\n").filter(Boolean).map((line) => JSON.parse(line));
  program = messages.findLast((message) => message.executable)?.executable;
  folder = mkdtempSync(join(tmpdir(), "labelgate-bom-"));
  mkdirSync(join(folder, "data", "sub"), { recursive: true });
  // Names whose order or escapes go wrong where code units are mixed up with code points.
  for (const name of ["a b", "ü.png", "sub/\"quoted\"", "\u{1f600}.txt", "\ufb33", "tab\tname", "\u2028"]) {
    writeFileSync(join(folder, "data", name), name);
  }
  for (const algorithm of ["ed25519", "es256", "es384"]) {
    done("bom", "keygen", "--algorithm", algorithm, "--out", `${algorithm}.jwk`);
  }
  done(
    ...["bom", "build", "data", "--name", "pets", "--version", "2", "--license", "CC-BY-4.0"],
    ...["--supplier", "Pet Lab", "--timestamp", "2026-11-23T10:00:00Z", "-o", "bom.json"],
  );
});

after(() => rmSync(folder, { recursive: true }));

function run(...words) {
  return spawnSync(program, words, { cwd: folder, encoding: "utf8" });
}

function done(...words) {
  const { status, stdout, stderr } = run(...words);
  assert.equal(status, 0, `${words.join(" ")}: ${stdout}${stderr}`);
  return stdout;
}

const read = (name) => readFileSync(join(folder, name), "utf8");
const json = (name) => JSON.parse(read(name));

function validator() {
  const ajv = new Ajv({ strict: false, validateFormats: true, allErrors: true });
  addFormats(ajv);
  addDraft2019(ajv, { formats: ["idn-email"] });
  // Its own `iri-reference` refuses BOM-Links (RFC 8141 allows their slash); ours are plain ASCII.
  ajv.addFormat("iri-reference", ajv.formats["uri-reference"]);
  const schema = (name) => JSON.parse(readFileSync(join(schemas, `${name}.SNAPSHOT.schema.json`), "utf8"));
  for (const name of ["spdx", "jsf-0.82", "cryptography-defs"]) {
    ajv.addSchema(schema(name), `http://cyclonedx.org/schema/${name}.SNAPSHOT.schema.json`);
  }
  const validate = ajv.compile(schema("bom-1.7"));
  return (document) => (validate(document) ? [] : validate.errors);
}

describe("the official schema of CycloneDX 1.7, with formats", () => {
  test("refuses what it should, so that it is the schema and looks at formats", () => {
    const errors = validator();
    const bom = json("bom.json");
    assert.deepEqual(errors(bom), []);
    assert.notDeepEqual(errors({ ...bom, metadata: { ...bom.metadata, timestamp: "yesterday" } }), []);
    assert.notDeepEqual(errors({ ...bom, other: 1 }), []);
    assert.notDeepEqual(errors({ ...bom, signature: { algorithm: "none", value: "" } }), []);
  });

  test("holds for every kind of BOM that is written", () => {
    const errors = validator();
    for (const [name, license] of [["short.json", "MIT OR Apache-2.0"], ["own.json", "for research only"]]) {
      done("bom", "build", "data/sub", "--license", license, "-o", name);
      assert.deepEqual(errors(json(name)), [], name);
    }
    writeFileSync(join(folder, "items.csv"), `name,sha256\na,${"0a".repeat(32)}\nb,none\n`);
    done("bom", "build", "items.csv", "--canonical", "jcs-json", "-o", "listed.json");
    assert.deepEqual(errors(json("listed.json")), []);
    assert.equal(json("listed.json").compositions[0].aggregate, "incomplete");
    done("bom", "update", "bom.json", "data", "--force", "-o", "bom-2.json");
    assert.deepEqual(errors(json("bom-2.json")), []);
    for (const [name, words] of Object.entries(signings)) {
      done("bom", "sign", "bom.json", ...words, "-o", name);
      assert.deepEqual(errors(json(name)), [], name);
    }
    done("bom", "build", "data", "--shards", "items", "-o", "root.json");
    assert.deepEqual(errors(json("root.json")), []);
    assert.match(json("root.json").components[0].externalReferences[0].url, /^items\/index\.json$/);
    const label = { id: "s-1", annotator: "ann-7", item: { id: "a b" }, label: { class: "cat" } };
    writeFileSync(join(folder, "labels.ndjson"), `${JSON.stringify(label)}\n`);
    writeFileSync(join(folder, "verdicts.ndjson"), done("check", "--no-bom", "--json", "labels.ndjson"));
    done(
      ...["bom", "collect", "labels.ndjson", "--verdicts", "verdicts.ndjson", "--bom", "bom.json"],
      ...["--supplier", "Pet Lab", "-o", "labels.json"],
    );
    assert.deepEqual(errors(json("labels.json")), []);
  });
});

test("members come in the order of RFC 8785, so that a signature can be checked as the BOM streams", () => {
  const bom = read("bom.json");
  const compact = bom.split("\n").join("");
  assert.equal(compact, canonicalize(JSON.parse(bom)));
});

const keys = (...names) => names.flatMap((name) => ["--key", `${name}.jwk`]);
const signings = {
  "ed25519.json": keys("ed25519"),
  "es256.json": keys("es256"),
  "es384.json": keys("es384"),
  "signers.json": [...keys("ed25519", "es256"), "--signers"],
  "chain.json": [...keys("es384", "ed25519", "es256"), "--chain"],
};

/** What WebCrypto calls an algorithm of JWA. */
const webcrypto = {
  Ed25519: { name: "Ed25519" },
  ES256: { name: "ECDSA", namedCurve: "P-256", hash: "SHA-256" },
  ES384: { name: "ECDSA", namedCurve: "P-384", hash: "SHA-384" },
};
const bytes = (text) => new TextEncoder().encode(text);
const withoutValue = ({ value: _, ...rest }) => rest;

/** The signatures of a document: what is signed, and by whom, by the rules of JSF 0.82. */
function signatures(document) {
  const { signers, chain } = document.signature;
  const over = (signature) => bytes(canonicalize({ ...document, signature }));
  if (signers) {
    return signers.map((signer) => ({ signer, message: over({ signers: [withoutValue(signer)] }) }));
  }
  if (chain) {
    const before = (index) => [...chain.slice(0, index), withoutValue(chain[index])];
    return chain.map((signer, index) => ({ signer, message: over({ chain: before(index) }) }));
  }
  return [{ signer: document.signature, message: over(withoutValue(document.signature)) }];
}

test("an independent implementation accepts every signature, and none of a changed document", async () => {
  for (const [name, words] of Object.entries(signings)) {
    done("bom", "sign", "bom.json", ...words, "-o", name);
    const document = json(name);
    for (const changed of [false, true]) {
      if (changed) document.components[0].components[0].hashes[0].content = "0".repeat(64);
      const all = signatures(document);
      assert.equal(all.length, words.filter((word) => word === "--key").length);
      for (const { signer, message } of all) {
        const algorithm = webcrypto[signer.algorithm];
        const files = words.filter((word) => word.endsWith(".jwk"));
        const pinned = files
          .map((file) => json(file.replace(".jwk", ".pub.jwk")))
          .find(({ x }) => x === signer.publicKey.x);
        const key = await subtle.importKey("jwk", withoutAlg(pinned), algorithm, false, ["verify"]);
        const value = Buffer.from(signer.value, "base64url");
        assert.equal(await subtle.verify(algorithm, key, value, message), !changed, `${name} ${changed}`);
      }
    }
  }
});

/** Node 20 calls Ed25519 `EdDSA` in `alg`. */
const withoutAlg = ({ alg: _, ...key }) => key;

test("what an independent implementation signs is accepted, wherever the signature stands", async () => {
  const { signature: _, ...bom } = json("bom.json");
  const reversed = Object.fromEntries(Object.entries(bom).reverse());
  for (const [name, algorithm] of Object.entries(webcrypto)) {
    const pair = await subtle.generateKey(algorithm, true, ["sign", "verify"]);
    const jwk = withoutAlg(await subtle.exportKey("jwk", pair.publicKey));
    writeFileSync(join(folder, "js.pub.jwk"), JSON.stringify(jwk));
    const { kty, crv, x, y } = jwk;
    const signature = { algorithm: name, publicKey: { kty, crv, x, ...(y && { y }) } };
    for (const document of [{ signature, ...bom }, { ...reversed, signature }]) {
      const value = await subtle.sign(algorithm, pair.privateKey, bytes(canonicalize(document)));
      const signed = {
        ...document,
        signature: { ...signature, value: Buffer.from(value).toString("base64url") },
      };
      for (const space of [undefined, 2]) {
        const text = JSON.stringify(signed, null, space);
        writeFileSync(join(folder, "js.json"), text);
        done("bom", "verify", "js.json", "--key", "js.pub.jwk", "data");
        writeFileSync(join(folder, "js.json"), text.replace("Pet Lab", "Pet lab"));
        const { status, stdout } = run("bom", "verify", "js.json", "--key", "js.pub.jwk", "data");
        assert.equal(status, 1);
        assert.match(stdout, /signature +REFUSED, bad-signature/);
      }
    }
  }
});
