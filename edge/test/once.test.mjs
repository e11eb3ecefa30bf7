import assert from "node:assert/strict";
import { test } from "node:test";

import { ITEMS } from "../demo/items.mjs";
import { answer, codes, NOW_MS, openLab } from "./support/lab.mjs";

test("the same submission again gets the same verdict and is delivered once", async (t) => {
  const lab = await openLab(t);
  const sent = JSON.stringify(answer({ id: "s-1" }));
  const first = await lab.send(sent, { as: "operator" });
  // Later, with white space around it, and as a line of a stream: still the same submission.
  lab.nowMs += 60_000;
  const again = await lab.send(`\n${sent}\n`, { as: "operator" });
  const [line] = await lab.sendLines([sent], { as: "operator" });
  assert.equal(first.body.decision, "accept");
  assert.equal(again.status, 200);
  assert.equal(again.text, first.text);
  assert.deepEqual(line, first.body);
  assert.equal(lab.backend.keys.length, 1);
  assert.deepEqual(await lab.collected(), ["s-1"]);
});

test("the same submission many times at once is delivered once, and every call is told so", async (t) => {
  const lab = await openLab(t);
  const sent = answer({ id: "s-1" });
  const answers = await Promise.all(Array.from({ length: 20 }, () => lab.send(sent, { as: "operator" })));
  for (const { status, text } of answers) {
    assert.equal(status, 200);
    assert.equal(text, answers[0].text);
  }
  assert.equal(lab.backend.keys.length, 1);
  assert.deepEqual(await lab.collected(), ["s-1"]);
});

test("a known id with other content is replayed, and the first verdict stands", async (t) => {
  const lab = await openLab(t);
  const first = await lab.send(answer({ id: "s-1", item: 0 }));
  const second = await lab.send(answer({ id: "s-1", item: 1 }));
  assert.equal(second.status, 422);
  assert.deepEqual(codes(second.body), ["replayed"]);
  assert.equal((await lab.verdict("s-1", "ann-1")).text, first.text);
  assert.deepEqual(await lab.collected(), ["s-1"]);
});

test("a known id with other content is replayed however long ago it was taken", async (t) => {
  // The gate remembers the last 64 ids of an annotator; the storage of the worker remembers all.
  const lab = await openLab(t, { documents: { "policy.json": '{"bom":{"trust":"none"}}' } });
  const at = (index) => NOW_MS + index * 60_000;
  const submission = (index, item) => ({
    ...answer({ id: `s-${index}`, endedMs: at(index) - 1000 }),
    item: { id: `item-${item}` },
  });
  for (let index = 0; index < 80; index += 1) {
    lab.nowMs = at(index);
    assert.equal((await lab.send(submission(index, index))).body.decision, "accept");
  }
  const { status, body } = await lab.send(submission(0, 1000));
  assert.equal(status, 422);
  assert.deepEqual(codes(body), ["replayed"]);
  const other = await lab.send(submission(80, 1000));
  assert.equal(other.body.decision, "accept", "the replayed one left no label on the item it named");
});

test("a second answer to an item is a duplicate, and nothing of it is taken", async (t) => {
  const lab = await openLab(t);
  await lab.send(answer({ id: "s-1", item: 0 }));
  const { status, body } = await lab.send(answer({ id: "s-2", item: 0 }));
  assert.equal(status, 422);
  assert.deepEqual(codes(body), ["duplicate"]);
  assert.deepEqual(codes((await lab.verdict("s-2", "ann-1")).body), ["duplicate"]);
  assert.deepEqual(await lab.collected(), ["s-1"]);
  // What was refused may be mended and sent again under its id.
  const mended = await lab.send(answer({ id: "s-2", item: 1 }));
  assert.equal(mended.body.decision, "accept");
  assert.equal((await lab.verdict("s-2", "ann-1")).text, mended.text);
  assert.deepEqual(await lab.collected(), ["s-1", "s-2"]);
});

test("a time that has not come yet is refused, also when it is sent again", async (t) => {
  const lab = await openLab(t);
  const sent = answer({ id: "s-1", endedMs: NOW_MS + 48 * 3_600_000 });
  const first = await lab.send(sent);
  assert.equal(first.status, 422);
  assert.deepEqual(codes(first.body), ["impossible-clock"]);
  assert.equal((await lab.send(sent)).text, first.text);
  assert.equal((await lab.send(answer({ id: "s-1" }))).body.decision, "accept");
});

test("what the screening refuses leaves nothing behind and may be mended under the same id", async (t) => {
  const lab = await openLab(t);
  const altered = answer({ id: "s-1" });
  altered.item.digest.sha256 = "0".repeat(64);
  assert.deepEqual(codes((await lab.send(altered)).body), ["item-altered"]);
  assert.equal((await lab.verdict("s-1", "ann-1")).status, 404);
  assert.equal((await lab.send(answer({ id: "s-1" }))).body.decision, "accept");
});

test("two annotators may use the same id and label the same item, and are remembered apart", async (t) => {
  const lab = await openLab(t);
  for (const annotator of ["ann-1", "ann-2"]) {
    const { body } = await lab.send(answer({ id: "s-1", annotator }), { as: "operator" });
    assert.equal(body.decision, "accept");
    assert.equal(body.annotator, annotator);
    assert.equal(body.evidence[0].answers, 1);
  }
  assert.equal((await lab.verdict("s-1", "ann-2", { as: "operator" })).body.annotator, "ann-2");
  assert.deepEqual(await lab.collected(), ["s-1", "s-1"]);
  assert.equal(new Set(lab.backend.keys).size, 2);
});

test("annotators meet at the item: who disagrees with the others loses wealth to them", async (t) => {
  const policy = { bom: { trust: "none" }, disagrees: { floor: 0.4 } };
  const lab = await openLab(t, { documents: { "policy.json": JSON.stringify(policy) } });
  for (const annotator of ["ann-1", "ann-2", "ann-3"]) {
    await lab.send(answer({ id: "s-1", annotator, item: 4 }));
  }
  const { body } = await lab.send(answer({ id: "s-1", annotator: "ann-4", item: 4, label: { class: "cat" } }), {
    as: "operator",
  });
  const standing = body.evidence.find(({ check }) => check === "disagrees");
  assert.deepEqual([standing.answers, standing.mean], [1, 0]);
});

test("no answer of an annotator is lost between others that come at the same time", async (t) => {
  const lab = await openLab(t);
  // Each on a page of its own, so that each counts as one observation.
  const submissions = ITEMS.map((_, item) =>
    answer({ id: `s-${item}`, item, endedMs: NOW_MS - 1_000_000 + item * 60_000, tookMs: 8000 + item }),
  );
  const answers = await Promise.all(submissions.map((submission) => lab.send(submission, { as: "operator" })));
  const counted = answers.map(({ body }) => body.evidence.find(({ check }) => check === "too-fast").answers);
  assert.deepEqual(
    counted.sort((left, right) => left - right),
    ITEMS.map((_, index) => index + 1),
  );
});

test("an annotator's lines are judged in the order they were sent", async (t) => {
  const lab = await openLab(t);
  const submissions = ITEMS.map((_, item) =>
    answer({ id: `s-${item}`, item, endedMs: NOW_MS - 1_000_000 + item * 60_000, tookMs: 8000 + item }),
  );
  const answers = await lab.sendLines(submissions, { as: "operator" });
  assert.deepEqual(
    answers.map(({ evidence }) => evidence.find(({ check }) => check === "too-fast").answers),
    ITEMS.map((_, index) => index + 1),
  );
});

test("ids of any alphabet go through: to the verdict, its address and the backend's header", async (t) => {
  const lab = await openLab(t);
  const id = 'Ω/?#"\\ 日本';
  const annotator = "é & ü=%2F";
  const sent = answer({ id, annotator });
  assert.equal((await lab.send(sent)).body.submission, id);
  assert.equal((await lab.verdict(id, annotator, { as: "operator" })).body.annotator, annotator);
  const [label] = await lab.collector.labels();
  assert.equal(label.verdict.submission, id);
  assert.equal(label.verdict.annotator, annotator);
});
