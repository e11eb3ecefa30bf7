import { test } from "node:test";
import assert from "node:assert/strict";
import { Gate, version } from "labelgate";
import { NOW, bomOf, bytesOf, nth, sha256, submission, valueOf } from "./support/crowd.mjs";

const codes = ({ reasons }) => reasons.map(({ code }) => code);

async function gateWithBom(policy = {}) {
  const gate = new Gate({ bom: { trust: "unsigned-for-development" }, ...policy });
  await gate.loadBom(bytesOf(bomOf(["img-1.png", "img-2.png"])));
  return gate;
}

test("a good submission is accepted, and the verdict says by what", async () => {
  const verdict = (await gateWithBom()).check(submission(), { now: NOW });
  assert.equal(verdict.decision, "accept");
  assert.deepEqual(verdict.reasons, []);
  assert.equal(verdict.submission, "s-1");
  assert.equal(verdict.annotator, "ann-7");
  assert.equal(verdict.item, "img-1.png");
  assert.equal(verdict.bom, "unsigned-for-development");
  assert.match(verdict.policy, /^sha256:[0-9a-f]{64}$/);
  assert.equal(verdict.gate, version());
});

test("an altered item is rejected with both digests", async () => {
  const item = { id: "img-1.png", digest: { sha256: sha256("other bytes") } };
  const verdict = (await gateWithBom()).check(submission({ item }), { now: NOW });
  assert.equal(verdict.decision, "reject");
  const [reason] = verdict.reasons;
  assert.equal(reason.code, "item-altered");
  assert.equal(reason.kind, "proof");
  assert.deepEqual(reason.measured, { value: `sha256:${sha256("other bytes")}`, unit: "digest" });
  assert.deepEqual(reason.threshold, { value: `sha256:${sha256("img-1.png")}`, unit: "digest" });
});

test("an item that a complete BOM does not list is rejected", async () => {
  const item = { id: "img-9.png", digest: { sha256: sha256("img-9.png") } };
  assert.deepEqual(codes((await gateWithBom()).check(submission({ item }), { now: NOW })), ["item-unlisted"]);
});

test("the default policy trusts no BOM without a pinned key", async () => {
  const gate = new Gate();
  await gate.loadBom(bytesOf(bomOf(["img-1.png"])));
  const verdict = gate.check(submission(), { now: NOW });
  assert.equal(verdict.decision, "reject");
  assert.deepEqual(codes(verdict), ["bom-untrusted"]);
});

test("an object, its text and its bytes get the same verdict", () => {
  const verdicts = [
    submission(),
    JSON.stringify(submission()),
    bytesOf(submission()),
    bytesOf(submission()).buffer,
  ].map((form) => new Gate({ bom: { trust: "none" } }).check(form, { now: NOW }));
  for (const verdict of verdicts) assert.deepEqual(verdict, verdicts[0]);
  assert.equal(verdicts[0].decision, "accept");
  assert.equal(verdicts[0].bom, "none");
});

test("checkBytes answers the same verdict as one line of JSON", () => {
  const policy = { bom: { trust: "none" } };
  const bytes = new Gate(policy).checkBytes(bytesOf(submission()), NOW);
  assert.ok(bytes instanceof Uint8Array);
  assert.deepEqual(valueOf(bytes), new Gate(policy).check(submission(), { now: NOW }));
  assert.equal(bytes.includes("\n".charCodeAt(0)), false);
});

test("checkView answers the bytes of checkBytes, in the module's memory until the next call", () => {
  const policy = { bom: { trust: "none" } };
  const [viewing, copying] = [new Gate(policy), new Gate(policy)];
  // Short and long in turn, so that the room for submissions is kept, grown and kept.
  for (const length of [1, 9000, 2, 200_000, 3]) {
    const bytes = bytesOf(submission({ id: `s-${length}`, platform: { note: "x".repeat(length) } }));
    assert.deepEqual(viewing.checkView(bytes, NOW).slice(), copying.checkBytes(bytes, NOW));
  }
  const first = viewing.checkView(bytesOf(submission({ id: "s-8" })), NOW);
  const kept = first.slice();
  viewing.checkView(bytesOf(submission({ id: "s-9" })), NOW);
  assert.notDeepEqual(first, kept);
});

test("a submission over the bound is refused without being copied into the module", () => {
  const gate = new Gate({ bom: { trust: "none" }, max_bytes: 100 });
  const verdict = valueOf(gate.checkView(new Uint8Array(50_000_000), NOW));
  assert.deepEqual(codes(verdict), ["too-large"]);
  assert.equal(verdict.reasons[0].measured.value, 50_000_000);
});

test("bytes beyond what the module can count are refused, and the gate goes on", () => {
  const gate = new Gate({ bom: { trust: "none" } });
  // Pages that are never touched: this much is reserved, not used.
  const huge = new Uint8Array(2 ** 32);
  assert.deepEqual(codes(valueOf(gate.checkView(huge, NOW))), ["too-large"]);
  assert.equal(gate.check(submission(), { now: NOW }).decision, "accept");
});

test("an array that lies about its length writes nothing beyond its room", () => {
  const gate = new Gate({ bom: { trust: "none" } });
  gate.check(submission(), { now: NOW });
  const liar = Object.defineProperty(new Uint8Array(60_000).fill(0x20), "length", { value: 8 });
  assert.deepEqual(codes(valueOf(gate.checkView(liar, NOW))), ["malformed"]);
  assert.deepEqual(codes(gate.check(submission(), { now: NOW })), ["replayed"]);
  assert.equal(gate.save().length > 100, true);
});

test("a view handed back, and an array that was transferred away, are judged like others", () => {
  const gate = new Gate({ bom: { trust: "none" } });
  const view = gate.checkView(bytesOf(submission()), NOW);
  assert.deepEqual(codes(valueOf(gate.checkView(view, NOW))), ["malformed"]);
  const gone = bytesOf(submission({ id: "s-2" }));
  structuredClone(gone.buffer, { transfer: [gone.buffer] });
  assert.deepEqual(codes(valueOf(gate.checkView(gone, NOW))), ["malformed"]);
});

test("a buffer that another thread may grow meanwhile is copied first", () => {
  const gate = new Gate({ bom: { trust: "none" } });
  const bytes = bytesOf(submission());
  const shared = new Uint8Array(new SharedArrayBuffer(bytes.length, { maxByteLength: 1 << 20 }));
  shared.set(bytes);
  assert.equal(valueOf(gate.checkView(shared, NOW)).decision, "accept");
});

test("memory that grows to many megabytes leaves every verdict readable", () => {
  const gate = new Gate({ bom: { trust: "none" } });
  for (let n = 0; n < 30_000; n += 1) {
    const answer = submission({ id: `s-${n}`, item: { id: `i-${n}` }, label: { class: `c${n}`.padEnd(200, "x") } });
    const verdict = gate.check(answer, { now: NOW + n * 60_000 });
    assert.equal(verdict.submission, `s-${n}`);
  }
});

test("what was read is not kept: the caller may reuse the buffer", () => {
  const gate = new Gate({ bom: { trust: "none" } });
  const buffer = bytesOf(submission());
  const verdict = gate.checkBytes(buffer, NOW);
  const before = verdict.slice();
  buffer.fill(0);
  gate.checkBytes(bytesOf(submission({ id: "s-2" })), NOW);
  assert.deepEqual(verdict, before);
});

test("checkLines answers a line for each line", () => {
  const policy = { bom: { trust: "none" } };
  const lines = [submission(), submission({ id: "s-2", item: { id: "img-2.png" } }), { broken: true }];
  const ndjson = lines.map((line) => `${JSON.stringify(line)}\n`).join("");
  const verdicts = new TextDecoder().decode(new Gate(policy).checkLines(ndjson, NOW)).trimEnd().split("\n");
  const oneByOne = new Gate(policy);
  assert.deepEqual(
    verdicts.map((line) => JSON.parse(line)),
    lines.map((line) => oneByOne.check(line, { now: NOW })),
  );
  assert.deepEqual(
    new Gate(policy).checkLines(new TextEncoder().encode(ndjson), NOW),
    new Gate(policy).checkLines(ndjson, NOW),
  );
});

test("without a time the gate takes the time of the runtime's clock", (t) => {
  t.mock.timers.enable({ apis: ["Date"], now: NOW });
  const inOneYear = submission({ started_at: undefined, submitted_at: "2027-11-23T10:00:00Z" });
  assert.deepEqual(codes(new Gate({ bom: { trust: "none" } }).check(inOneYear)), ["impossible-clock"]);
  t.mock.timers.setTime(Date.parse("2027-11-23T10:00:01Z"));
  assert.deepEqual(codes(new Gate({ bom: { trust: "none" } }).check(inOneYear)), []);
  assert.deepEqual(codes(valueOf(new Gate({ bom: { trust: "none" } }).checkBytes(bytesOf(inOneYear)))), []);
});

test("the same submission again is a replay, another answer to the same item a duplicate", () => {
  const gate = new Gate({ bom: { trust: "none" } });
  gate.check(submission(), { now: NOW });
  assert.deepEqual(codes(gate.check(submission(), { now: NOW + 1 })), ["replayed"]);
  assert.deepEqual(codes(gate.check(submission({ id: "s-2", label: { class: "dog" } }), { now: NOW + 2 })), [
    "duplicate",
  ]);
});

test("a label that the task does not allow is rejected", () => {
  const policy = { bom: { trust: "none" }, label: { kind: "class", classes: ["dog"] } };
  assert.deepEqual(codes(new Gate(policy).check(submission(), { now: NOW })), ["label-out-of-schema"]);
});

test("a bot that answers at once is held for review with its wealth", () => {
  const gate = new Gate({ bom: { trust: "none" } });
  const verdicts = Array.from({ length: 40 }, (_, n) => {
    const { submission, now } = nth(n, "bot", 300);
    return gate.check(submission, { now });
  });
  assert.equal(verdicts[0].decision, "accept");
  const last = verdicts.at(-1);
  assert.equal(last.decision, "review");
  const reason = last.reasons.find(({ code }) => code === "too-fast");
  assert.equal(reason.kind, "evidence");
  assert.ok(reason.measured.value >= reason.threshold.value);
  assert.equal(reason.threshold.unit, "wealth");
});

test("an annotator who misses the gold is held for review", () => {
  const gate = new Gate({ bom: { trust: "none" } });
  gate.setGold(Object.fromEntries(Array.from({ length: 60 }, (_, n) => [`img-${n}.png`, [{ class: "dog" }]])));
  const verdicts = Array.from({ length: 60 }, (_, n) => {
    const { submission, now } = nth(n, "careless", 9000);
    return gate.check(submission, { now });
  });
  assert.equal(verdicts.at(-1).decision, "review");
  assert.ok(codes(verdicts.at(-1)).includes("gold-missed"));
});

test("members with no value are left out, as JSON does", () => {
  const verdict = new Gate({ bom: { trust: "none" } }).check(submission({ session: undefined }), { now: NOW });
  assert.equal(verdict.decision, "accept");
});
