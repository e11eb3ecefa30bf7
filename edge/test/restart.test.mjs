import assert from "node:assert/strict";
import { test } from "node:test";

import { answer, codes, NOW_MS, openLab } from "./support/lab.mjs";
import { workerdId } from "./support/processes.mjs";
import { runInStorage } from "./support/storage.mjs";

test("a restarted worker remembers its annotators, their verdicts and their items", async (t) => {
  const lab = await openLab(t);
  const bot = lab.demo("bot.ndjson").trimEnd().split("\n");
  await lab.sendLines(bot.slice(0, 6));
  await lab.send(answer({ id: "s-1", item: 0 }));
  const before = await lab.verdict("bot-6", "bot-1", { as: "operator" });

  await lab.restart();
  assert.equal((await lab.verdict("bot-6", "bot-1", { as: "operator" })).text, before.text);
  const [next] = await lab.sendLines([bot[6]], { as: "operator" });
  assert.equal(next.decision, "review");
  assert.equal(next.evidence.find(({ check }) => check === "too-fast").answers, 7);
  const duplicate = await lab.send(answer({ id: "s-2", item: 0 }));
  assert.deepEqual(codes(duplicate.body), ["duplicate"]);
  assert.deepEqual((await lab.collected()).sort(), ["bot-1", "bot-2", "s-1"]);
});

test("a worker killed in the middle of a stream has lost nothing and counts nothing twice", async (t) => {
  const count = 300;
  // The clock stands still, so all of them arrive in one instant.
  const policy = { bom: { trust: "none" }, rate_burst: { alpha_share: 0 } };
  const lab = await openLab(t, {
    documents: { "policy.json": JSON.stringify(policy) },
    // The alarm of what was on its way when the worker was killed comes that much later.
    settings: { BACKEND_TIMEOUT_MS: 1000 },
  });
  lab.nowMs = NOW_MS + count * 60_000;
  const annotators = ["ann-1", "ann-2", "ann-3"];
  const lines = Array.from({ length: count }, (_, index) =>
    JSON.stringify({
      ...answer({
        id: `s-${index}`,
        annotator: annotators[index % annotators.length],
        endedMs: NOW_MS + index * 60_000,
      }),
      item: { id: `item-${Math.floor(index / annotators.length)}` },
    }),
  );

  const response = await lab.post(`${lines.join("\n")}\n`, "application/x-ndjson");
  const reader = response.body.getReader();
  let answers = "";
  while (answers.split("\n").length <= 100) {
    answers += Buffer.from((await reader.read()).value).toString();
  }
  process.kill(workerdId(), "SIGKILL");
  await reader.read().catch(() => undefined);
  await reader.cancel().catch(() => undefined);
  await lab.stop();
  const told = answers.split("\n").slice(0, -1).map((line) => JSON.parse(line));
  assert.ok(told.length < count, "it was killed before the end");
  const collected = new Set(await lab.collected());
  for (const { decision, submission } of told.filter(({ status }) => status !== 503)) {
    assert.equal(decision, "accept");
    assert.ok(collected.has(submission), `${submission} was answered \`accept\` and is in the database`);
  }

  await lab.start();
  const again = await lab.sendLines(lines, { as: "operator" });
  for (const [index, { status }] of again.entries()) {
    // Taken before the kill, and on its way when it came: the outbox sends it again, and it is not lost.
    if (status === 503) {
      again[index] = (await lab.sendUntilDelivered(lines[index], { as: "operator" })).body;
    }
  }
  assert.deepEqual(
    again.map(({ decision, submission }) => [decision, submission]),
    lines.map((_, index) => ["accept", `s-${index}`]),
  );
  for (const last of again.slice(-annotators.length)) {
    const observed = last.evidence.find(({ check }) => check === "too-fast").answers;
    assert.equal(observed, count / annotators.length, `${last.annotator} is remembered with each answer once`);
  }
  assert.deepEqual((await lab.collected()).sort(), lines.map((_, index) => `s-${index}`).sort());
});

test("an annotator whose memory cannot be read is held as unchecked, and nothing of it is delivered", async (t) => {
  const lab = await openLab(t);
  await lab.send(answer({ id: "s-1", item: 0 }));
  await lab.stop();
  await spoil(lab.folder, {
    className: "AnnotatorObject",
    name: "default/ann-1",
    sql: "UPDATE annotator SET memory = x'00'",
  });
  await lab.start();

  const sent = answer({ id: "s-2", item: 1 });
  const { status, body } = await lab.send(sent, { as: "operator" });
  assert.equal(status, 200);
  assert.equal(body.decision, "review");
  assert.deepEqual(codes(body), ["unchecked"]);
  assert.equal(body.reasons[0].kind, "held");
  assert.equal(body.submission, "s-2");
  const shown = await lab.send(sent);
  assert.deepEqual(codes(shown.body), ["under-review"]);
  assert.doesNotMatch(shown.text, /memory|state|unchecked/);
  assert.deepEqual(await lab.collected(), ["s-1"]);
});

test("an item whose memory cannot be read holds its answers as unchecked, and no others", async (t) => {
  const lab = await openLab(t, { settings: { ITEM_SHARDS: 1 } });
  await lab.send(answer({ id: "s-1", annotator: "ann-1", item: 0 }));
  await lab.stop();
  await spoil(lab.folder, { className: "ItemShard", name: "default/0", sql: "UPDATE items SET state = x'00'" });
  await lab.start();

  const held = await lab.send(answer({ id: "s-1", annotator: "ann-2", item: 0 }), { as: "operator" });
  assert.deepEqual(codes(held.body), ["unchecked"]);
  const other = await lab.send(answer({ id: "s-2", annotator: "ann-2", item: 1 }));
  assert.equal(other.body.decision, "accept");
  assert.deepEqual(await lab.collected(), ["s-1", "s-2"]);
});

test("what is held is kept with its bytes for a reviewer, and what is rejected is not", async (t) => {
  const lab = await openLab(t);
  const bot = lab.demo("bot.ndjson").trimEnd().split("\n");
  await lab.sendLines(bot.slice(0, 4));
  // A second answer to an item.
  await lab.sendLines([bot[0].replace('"bot-1"', '"bot-again"')]);
  await lab.stop();
  const query = (sql) => runInStorage(lab.folder, { className: "AnnotatorObject", name: "default/bot-1", sql });
  const { rows: held } = await query("SELECT submission, body FROM held ORDER BY submission");
  assert.deepEqual(held, [["bot-3", bot[2]], ["bot-4", bot[3]]]);
  const { rows: decisions } = await query("SELECT id, decision FROM submissions ORDER BY id");
  assert.deepEqual(decisions, [
    ["bot-1", "accept"],
    ["bot-2", "accept"],
    ["bot-3", "review"],
    ["bot-4", "review"],
    ["bot-again", "reject"],
  ]);
  const { rows: outbox } = await query("SELECT count(*) FROM outbox");
  assert.deepEqual(outbox, [[0]], "what the backend has is not kept twice");
});

/** Overwrites what is remembered in one object. */
async function spoil(folder, where) {
  const { rowsWritten } = await runInStorage(folder, where);
  assert.equal(rowsWritten, 1, "there was a memory to spoil");
}
