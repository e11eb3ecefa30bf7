// Scores that reach an annotator after the answer: told once, through failures and restarts.

import assert from "node:assert/strict";
import { test } from "node:test";
import { fileURLToPath } from "node:url";

import { NOW_MS, openLab } from "./support/lab.mjs";
import { workerdId } from "./support/processes.mjs";
import { runInStorage } from "./support/storage.mjs";

const POLICY = { bom: { trust: "none" }, disagrees: { floor: 0.4 } };

async function lateLab(t, edge) {
  return openLab(t, {
    documents: { "policy.json": JSON.stringify(POLICY) },
    settings: { ITEM_SHARDS: 1 },
    ...(edge && { edge: { entry: fileURLToPath(new URL(edge, import.meta.url)) } }),
  });
}

function answer(id, annotator, item, label = "cat") {
  const [started_at, submitted_at] = [NOW_MS - 9000, NOW_MS - 1000].map((ms) => new Date(ms).toISOString());
  return { id, annotator, item: { id: item }, label: { class: label }, started_at, submitted_at };
}

/** Three answers to one item: the first two are scored when the third comes. */
async function threeAnswers(lab, item = "shared") {
  for (const [annotator, label] of [["ann-1", "cat"], ["ann-2", "cat"], ["ann-3", "dog"]]) {
    await lab.send(answer(`${item}-${annotator}`, annotator, item, label));
  }
}

/** What is known of an annotator's agreement, seen on an answer to an item of their own. */
async function agreement(lab, annotator, id) {
  const { body } = await lab.send(answer(`${annotator}-${id}`, annotator, `own-${annotator}-${id}`), { as: "operator" });
  return body.evidence.find(({ check }) => check === "disagrees");
}

/** Answers until a late score has come. */
async function heard(lab, annotator, from) {
  for (let n = 0; n < 200; n += 1) {
    const standing = await agreement(lab, annotator, `${from}-${n}`);
    if (standing !== undefined) {
      return standing;
    }
  }
  return assert.fail(`${annotator} was never told`);
}

test("earlier annotators are told how those who came later answered", async (t) => {
  const lab = await lateLab(t);
  await threeAnswers(lab);
  for (const annotator of ["ann-1", "ann-2"]) {
    const { answers, mean, floor } = await heard(lab, annotator, "a");
    assert.deepEqual([answers, mean, floor], [1, 0.5, 0.4]);
  }
  const { answers, mean } = await agreement(lab, "ann-3", "a");
  assert.deepEqual([answers, mean], [1, 0], "the third was scored as it came");
});

test("a score that was taken and not confirmed is sent again, and counts once", async (t) => {
  const lab = await lateLab(t, "late/worker.ts");
  await threeAnswers(lab);
  assert.equal((await heard(lab, "ann-1", "a")).answers, 1);
  // The next score of the same annotator is taken after the first was sent again.
  await threeAnswers(lab, "other");
  for (let n = 0; ; n += 1) {
    const { answers, mean } = await agreement(lab, "ann-1", `b-${n}`);
    assert.ok(answers <= 2, "none is counted twice");
    if (answers === 2) {
      assert.equal(mean, 0.5);
      break;
    }
    assert.ok(n < 200, "the second came");
  }
  await lab.stop();
  const { rows } = await runInStorage(lab.folder, {
    className: "ItemShard",
    name: "default/0",
    sql: "SELECT count(*) FROM late WHERE annotator = 'ann-1'",
  });
  assert.deepEqual(rows, [[0]], "what was taken is not kept");
});

test("scores outlive a worker that is killed, and count once", async (t) => {
  const lab = await lateLab(t);
  await threeAnswers(lab);
  process.kill(workerdId(), "SIGKILL");
  await lab.stop();
  await lab.start();
  for (const annotator of ["ann-1", "ann-2"]) {
    assert.equal((await heard(lab, annotator, "a")).answers, 1);
  }
  await lab.restart();
  for (const annotator of ["ann-1", "ann-2"]) {
    assert.equal((await agreement(lab, annotator, "b")).answers, 1);
  }
});

test("only a score that was sent often enough is given up, and nobody is made to exist for it", async (t) => {
  const lab = await lateLab(t);
  await threeAnswers(lab);
  await heard(lab, "ann-2", "a");
  await lab.stop();
  const query = (sql) => runInStorage(lab.folder, { className: "ItemShard", name: "default/0", sql });
  await query("INSERT INTO late (annotator, score, attempts) VALUES ('nobody', x'00', 49), ('nobody', x'00', 0)");
  await query("INSERT INTO late_annotators (annotator, next_attempt_ms) VALUES ('nobody', 1)");
  // One more attempt, and the next much later.
  lab.useSettings({ RETRY_FIRST_MS: 3_600_000, RETRY_LONGEST_MS: 3_600_000 });
  await lab.start();
  await threeAnswers(lab, "other");
  await heard(lab, "ann-1", "b");
  for (let n = 0; (await agreement(lab, "ann-1", `c-${n}`)).answers < 2; n += 1) {
    assert.ok(n < 200, "the second came");
  }
  assert.equal((await lab.verdict("s", "nobody")).status, 404);
  await lab.stop();
  assert.deepEqual((await query("SELECT attempts FROM late WHERE annotator = 'nobody'")).rows, [[1]]);
});

test("a first answer that reached its item and was not stored is scored late once it is sent again", async (t) => {
  const lab = await lateLab(t, "late/worker.ts");
  const first = answer("s-1", "stores-nothing-at-first", "shared");
  const failed = await lab.send(first);
  assert.deepEqual([failed.status, failed.body.code], [503, "storage-unavailable"]);
  await lab.send(answer("s-2", "ann-2", "shared"));
  await lab.send(answer("s-3", "ann-3", "shared", "dog"));
  // Its score was on its way as well, and nobody was there to take it.
  await heard(lab, "ann-2", "a");
  assert.equal((await lab.send(first)).body.decision, "accept");
  const { answers, mean } = await heard(lab, "stores-nothing-at-first", "a");
  assert.deepEqual([answers, mean], [1, 0.5]);
});

test("scores that were rolled back leave an alarm for those that come after them", async (t) => {
  const lab = await lateLab(t, "late/worker.ts");
  await lab.send(answer("s-1", "ann-1", "shared"));
  await lab.send(answer("s-2", "ann-2", "shared"));
  const { status, body } = await lab.send(answer("s-3", "rolls-back", "shared"), { as: "operator" });
  assert.deepEqual([status, body.decision], [200, "review"]);
  await lab.send(answer("s-4", "ann-4", "shared", "dog"));
  for (const annotator of ["ann-1", "ann-2"]) {
    const { answers, mean } = await heard(lab, annotator, "a");
    assert.deepEqual([answers, mean], [1, 0.5], "the one that was rolled back does not count");
  }
});

test("a shard that lost its storage begins its numbers again, and its scores are taken", async (t) => {
  const lab = await lateLab(t);
  await threeAnswers(lab);
  assert.equal((await heard(lab, "ann-1", "a")).answers, 1);
  await lab.stop();
  await runInStorage(lab.folder, {
    className: "ItemShard",
    name: "default/0",
    sql: ["items", "pool", "epoch", "late", "late_annotators"].map((table) => `DROP TABLE ${table};`).join(" "),
  });
  await lab.start();
  await threeAnswers(lab, "other");
  for (let n = 0; (await agreement(lab, "ann-1", `b-${n}`)).answers < 2; n += 1) {
    assert.ok(n < 200, "the score came under a number that was used before");
  }
});
