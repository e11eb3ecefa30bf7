import assert from "node:assert/strict";
import { test } from "node:test";
import { fileURLToPath } from "node:url";

import { answer, codes, openLab } from "./support/lab.mjs";

const faulty = { edge: { entry: fileURLToPath(new URL("faulty/worker.ts", import.meta.url)) } };

test("a trap of the gate while it screens is 503, and others are judged as before", async (t) => {
  const lab = await openLab(t, faulty);
  const { status, body, headers } = await lab.send(answer({ id: "s-1", annotator: "trap-in-screen" }));
  assert.deepEqual([status, body.code, headers.get("retry-after")], [503, "gate-failed", "1"]);
  const other = await lab.send(answer({ id: "s-1" }));
  assert.equal(other.body.decision, "accept");
  assert.deepEqual(await lab.collected(), ["s-1"]);
});

test("a trap of the gate in a later step holds the submission, and others are judged as before", async (t) => {
  const lab = await openLab(t, faulty);
  const { status, body } = await lab.send(answer({ id: "s-1", annotator: "trap-in-admit" }), { as: "operator" });
  assert.deepEqual([status, body.decision, codes(body)], [200, "review", ["unchecked"]]);
  const other = await lab.send(answer({ id: "s-2" }));
  assert.equal(other.body.decision, "accept");
  assert.deepEqual(await lab.collected(), ["s-2"]);
});

for (const [what, annotator] of [
  ["lets in twice", "twice"],
  ["traps on", "trap-on-replay"],
]) {
  test(`a known id with other content that the gate ${what} is 409 and not 503 for ever`, async (t) => {
    const lab = await openLab(t, faulty);
    const first = await lab.send(answer({ id: "s-1", annotator, item: 0 }));
    assert.equal(first.body.decision, "accept");
    const second = answer({ id: "s-1", annotator, item: 1 });
    const { status, body, headers } = await lab.send(second);
    assert.deepEqual([status, body.code, body.submission], [409, "id-in-use", "s-1"]);
    assert.equal(headers.get("retry-after"), null);
    const [line] = await lab.sendLines([second]);
    assert.deepEqual([line.status, line.code], [409, "id-in-use"]);
    assert.equal((await lab.verdict("s-1", annotator)).text, first.text, "the first verdict stands");
    assert.deepEqual(await lab.collected(), ["s-1"]);
  });
}

test("an item with more memory than a row holds holds the answer as unchecked, and keeps what it had", async (t) => {
  const lab = await openLab(t, { ...faulty, settings: { ITEM_SHARDS: 1 } });
  await lab.send(answer({ id: "s-1" }));
  const { status, body } = await lab.send(answer({ id: "s-1", annotator: "too-long" }), { as: "operator" });
  assert.deepEqual([status, body.decision, codes(body)], [200, "review", ["unchecked"]]);
  assert.match(JSON.stringify(body.reasons), /longer than its storage takes/);
  const next = await lab.send(answer({ id: "s-1", annotator: "ann-2" }), { as: "operator" });
  assert.equal(next.body.decision, "accept");
  assert.equal(next.body.consensus.answers, 2, "the first one is remembered, and the one that was too long is not");
  assert.deepEqual(await lab.collected(), ["s-1", "s-1"]);
});

test("a trap while a BOM is read is said, and not that memory could not be given back after it", async (t) => {
  const lab = await openLab(t, { ...faulty, documents: { "bom.json": '{"bomFormat":"trap-in-push"}' } });
  const { status, body } = await lab.send(answer({ id: "s-1" }));
  assert.deepEqual([status, body.code, body.detail], [503, "gate-unavailable", "bom.json: unreachable"]);
});
