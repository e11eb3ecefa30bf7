/* `Bom`: a published list with its signature checked, and files against it. In Node, and the same in Chromium. */
import { after, test } from "node:test";
import assert from "node:assert/strict";
import { createHash, sign } from "node:crypto";
import { Bom, Hasher, LabelgateError } from "labelgate";
import { launchBrowser } from "../../tests/package/support/page.mjs";
import { bomOf, bytesOf, sha256 } from "./support/crowd.mjs";
import { openPackagePage } from "./support/package-page.mjs";
import { newPair, signed } from "./support/signed.mjs";

const browser = await launchBrowser();
after(() => browser.close());

const ours =
  (code, message = /./) =>
  (error) =>
    error instanceof LabelgateError && error.code === code && message.test(error.message);

function thumbprint({ crv, kty, x, y }) {
  const members = y === undefined ? { crv, kty, x } : { crv, kty, x, y };
  return createHash("sha256").update(JSON.stringify(members)).digest("base64url");
}

const NAMES = ["a.txt", "b/c.txt", "d.txt", "e.txt", "f.txt"];
const LIST = { ...bomOf(NAMES), serialNumber: "urn:uuid:0b8a6b3e-6d4c-4a57-8f0a-0d5d6f8f2c11" };
const PUBLISHER = newPair();
const BOM = signed(LIST, PUBLISHER);
const PINNED = { keys: [PUBLISHER.jwk] };
const digestOf = (content) => `sha256:${sha256(content)}`;

/** The contents by name, compared; what was concluded. */
function conclude(bom, contents) {
  const comparison = bom.compare();
  for (const [name, content] of Object.entries(contents)) comparison.meet(name, digestOf(content));
  return { comparison, counts: comparison.conclude() };
}

const ALL = Object.fromEntries(NAMES.map((name) => [name, name]));
const NONE = { matched: 0, altered: 0, missing: 0, extra: 0, swapped: 0, moved: 0, unproven: 0 };

test("a list that a pinned key signed is trusted, and says which key", async () => {
  const bom = await Bom.load(BOM, PINNED);
  assert.equal(bom.trusted, true);
  assert.deepEqual(bom.summary, {
    items: 5,
    weak_only: 0,
    spec_version: "1.7",
    serial_number: LIST.serialNumber,
    version: 1,
    complete: true,
    digest: digestOf(BOM),
    trusted: true,
    signers: [thumbprint(PUBLISHER.jwk)],
  });
  assert.deepEqual(conclude(bom, ALL).counts, { ...NONE, verified: true, matched: 5 });
});

test("files that are all equal verify nothing when nobody who is pinned signed the list", async () => {
  const cases = [
    [BOM, undefined, "no-pinned-key"],
    [BOM, { keys: [newPair().jwk] }, "key-not-pinned"],
    [bytesOf(LIST), PINNED, "no-signature"],
    [bytesOf({ ...JSON.parse(new TextDecoder().decode(BOM)), version: 2 }), PINNED, "bad-signature"],
    [BOM, { ...PINNED, serial_number: "urn:uuid:00000000-0000-4000-8000-000000000000" }, "other-serial-number"],
    [BOM, { keys: [PUBLISHER.jwk, newPair().jwk], threshold: 2 }, "threshold-not-met"],
  ];
  for (const [source, pinned, refusal] of cases) {
    const bom = await Bom.load(source, pinned);
    assert.equal(bom.summary.refusal, refusal);
    assert.equal(bom.trusted, false);
    assert.deepEqual(conclude(bom, ALL).counts, { ...NONE, verified: false, matched: 5 });
    bom.free();
  }
});

test("several keys sign, one of them by an algorithm that the host checks", async () => {
  const pairs = [newPair(), newPair("ES256")];
  const keys = pairs.map(({ jwk }) => jwk);
  const bom = await Bom.load(signed(LIST, ...pairs), { keys, threshold: 2 });
  assert.equal(bom.trusted, true);
  assert.deepEqual(bom.summary.signers, keys.map(thumbprint));
});

test("altered, missing, extra, swapped and moved files are told apart", async () => {
  const bom = await Bom.load(BOM, PINNED);
  const { comparison, counts } = conclude(bom, {
    "a.txt": "altered",
    "d.txt": "e.txt",
    "e.txt": "d.txt",
    "elsewhere/f.txt": "f.txt",
    stranger: "stranger",
  });
  assert.deepEqual(counts, { ...NONE, verified: false, altered: 1, missing: 1, extra: 1, swapped: 2, moved: 1 });
  const row = (name, other, expected, measured) => ({
    name,
    ...(other && { other }),
    expected: expected.map(digestOf),
    measured: measured.map(digestOf),
  });
  assert.deepEqual(comparison.list("altered"), [row("a.txt", undefined, ["a.txt"], ["altered"])]);
  assert.deepEqual(comparison.list("missing"), [row("b/c.txt", undefined, ["b/c.txt"], [])]);
  assert.deepEqual(comparison.list("extra"), [row("stranger", undefined, [], ["stranger"])]);
  assert.deepEqual(comparison.list("moved"), [row("f.txt", "elsewhere/f.txt", ["f.txt"], ["f.txt"])]);
  assert.deepEqual(comparison.list("swapped"), [
    row("d.txt", "e.txt", ["d.txt"], ["e.txt"]),
    row("e.txt", "d.txt", ["e.txt"], ["d.txt"]),
  ]);
  assert.deepEqual(comparison.list("matched"), []);
});

test("a long list is given some at a time", async () => {
  const names = Array.from({ length: 250 }, (_, number) => `item-${number}`);
  const bom = await Bom.load(bytesOf(bomOf(names)));
  const { comparison } = conclude(bom, {});
  const page = (options) => comparison.list("missing", options).map(({ name }) => name);
  assert.deepEqual(page(), names.slice(0, 100));
  assert.deepEqual(page({ from: 240, count: 100 }), names.slice(240));
  assert.deepEqual(page({ from: 250 }), []);
  for (const options of [{ from: -1 }, { count: 1.5 }, { from: NaN }]) assert.throws(() => page(options), ours("usage"));
  assert.throws(() => comparison.list("lost"), ours("bom", /expected `matched`/));
});

test("the algorithms of a file are those of the list, and all that were measured must agree", async () => {
  const list = bomOf(["a"]);
  const sha512 = (content) => createHash("sha512").update(content).digest("hex");
  list.components[0].components[0].hashes.push({ alg: "SHA-512", content: sha512("a") });
  const bom = await Bom.load(bytesOf(list));
  assert.deepEqual(bom.algorithms("a"), ["sha256", "sha512"]);
  const meet = (...digests) => bom.compare().meet("a", digests);
  assert.equal(meet(digestOf("a"), `sha512:${sha512("a")}`), "matched");
  assert.equal(meet(digestOf("a"), `sha512:${sha512("b")}`), "altered");
  assert.equal(meet(await new Hasher("sha512").hash("a")), "matched");
  assert.equal(meet(await new Hasher("sha384").hash("a")), "unproven");
});

test("wrong calls are named, and a comparison ends once", async () => {
  assert.throws(() => new Bom(), ours("usage", /Bom\.load/));
  await assert.rejects(Bom.load(BOM, { keys: [PUBLISHER.privateKey.export({ format: "jwk" })] }), ours("policy", /private/));
  await assert.rejects(Bom.load(BOM, { keys: [PUBLISHER.jwk], threshold: 2 }), ours("policy"));
  await assert.rejects(Bom.load(BOM.subarray(0, 300), PINNED), ours("bom"));
  const bom = await Bom.load(BOM, PINNED);
  const comparison = bom.compare();
  for (const digest of ["", "sha256:00", "md5:d41d8cd98f00b204e9800998ecf8427e", undefined]) {
    assert.throws(() => comparison.meet("a.txt", digest), ours("digest"));
  }
  for (const name of [undefined, 7, "half \ud800"]) assert.throws(() => comparison.meet(name, digestOf("")), ours("usage"));
  comparison.conclude();
  assert.throws(() => comparison.conclude(), ours("usage"));
  assert.throws(() => comparison.meet("a.txt", digestOf("")), ours("usage"));
  comparison.free();
  assert.throws(() => comparison.list("missing"), ours("freed"));
  const left = bom.compare();
  bom.free();
  assert.throws(() => left.meet("a.txt", digestOf("")), ours("freed"));
  assert.throws(() => bom.algorithms("a.txt"), ours("freed"));
});

test("a list that has lapsed verifies nothing any more", async () => {
  const name = "lists.example/pets";
  const pair = newPair();
  const key = Buffer.concat([Buffer.from([1]), Buffer.from(pair.jwk.x, "base64url")]);
  const id = createHash("sha256").update(`${name}\n`).update(key).digest().subarray(0, 4);
  const root = createHash("sha256").update(`\0 1 ${LIST.serialNumber} ${digestOf(BOM)}`.replace(" ", "")).digest("base64");
  const lines = [`bom ${digestOf(BOM)}`, `serial ${LIST.serialNumber}`, "version 1", "expires 2026-12-31T00:00:00Z"];
  const text = `${[name, "1", root, ...lines].join("\n")}\n`;
  const signature = Buffer.concat([id, sign(null, Buffer.from(text), pair.privateKey)]).toString("base64");
  const checkpoint = `${text}\n— ${name} ${signature}\n`;
  const keys = [`${name}+${id.toString("hex")}+${key.toString("base64")}`];
  const bom = await Bom.load(BOM, { ...PINNED, checkpoint: { keys } }, { checkpoint });
  const expiry = Date.parse("2026-12-31T00:00:00Z");
  assert.equal(bom.summary.expires_at_ms, expiry);
  const isVerified = (now) => {
    const comparison = bom.compare();
    for (const name of NAMES) comparison.meet(name, digestOf(name));
    return comparison.conclude({ now }).verified;
  };
  assert.deepEqual([expiry - 1, expiry].map(isVerified), [true, false]);
  assert.throws(() => bom.compare().conclude({ now: NaN }), ours("usage"));
  const without = await Bom.load(BOM, { ...PINNED, checkpoint: { keys } });
  assert.equal(without.summary.refusal, "no-checkpoint");
});

test("loading a list can be stopped", async () => {
  const controller = new AbortController();
  const reason = new Error("enough");
  const onProgress = () => controller.abort(reason);
  await assert.rejects(Bom.load(BOM, PINNED, { signal: controller.signal, onProgress }), (error) => error === reason);
});

test("in Chromium the same list is trusted, and the same differences are found", async (t) => {
  const pairs = [newPair(), newPair("ES256")];
  const { page, errors } = await openPackagePage(t, browser, {});
  const found = await page.evaluate(
    async ([text, keys, names]) => {
      const { Bom, Hasher } = globalThis.labelgate;
      const bom = await Bom.load(new Blob([text]), { keys, threshold: 2 });
      const comparison = bom.compare();
      for (const name of names.slice(2)) comparison.meet(name, await new Hasher().hash(name));
      comparison.meet(names[0], await new Hasher().hash("altered"));
      const counts = comparison.conclude();
      return { trusted: bom.trusted, counts, altered: comparison.list("altered").map(({ name }) => name) };
    },
    [new TextDecoder().decode(signed(LIST, ...pairs)), pairs.map(({ jwk }) => jwk), NAMES],
  );
  const counts = { ...NONE, verified: false, matched: 3, altered: 1, missing: 1 };
  assert.deepEqual(found, { trusted: true, counts, altered: ["a.txt"] });
  assert.deepEqual(errors, []);
});
