// The floor of `disagrees` as each shard of items learns it: by default from a hundred comparisons of its own.

import assert from "node:assert/strict";
import { test } from "node:test";

import { answer, NOW_MS, openLab } from "./support/lab.mjs";
import { runInStorage } from "./support/storage.mjs";

const SHARDS = 2;
const ANNOTATORS = ["ann-1", "ann-2", "ann-3", "ann-4"];
/** Four answers each: more than the 100 comparisons that the default policy waits for. */
const ITEMS = 28;
const MINUTE_MS = 60_000;

test("each shard learns a floor from its own items, and keeps it through a restart", async (t) => {
  const lab = await openLab(t, {
    // The clock stands still, so all of them arrive in one instant.
    documents: { "policy.json": JSON.stringify({ bom: { trust: "none" }, rate_burst: { alpha_share: 0 } }) },
    settings: { ITEM_SHARDS: SHARDS },
  });
  lab.nowMs = NOW_MS + 1000 * MINUTE_MS;
  const [agreeing, divided] = [0, 1].map(itemsOf);

  await answerAll(lab, agreeing.slice(0, 10), { from: 0 });
  assert.equal(await floor(lab, "probe-1", agreeing[0]), undefined, "forty comparisons are too few");
  await answerAll(lab, agreeing.slice(10), { from: 100 });
  const learnt = await floor(lab, "probe-2", agreeing[0]);
  // All agree, and by chance about half of them would: 0.5 + 0.6 * 0.5.
  assert.ok(Math.abs(learnt - 0.8) < 0.1, `${learnt}`);

  await answerAll(lab, divided.slice(0, 2), { from: 200 });
  assert.equal(await floor(lab, "probe-3", divided[1]), undefined, "what one shard knows, the other does not");

  await lab.stop();
  const before = await pools(lab);
  assert.notEqual(before[0], before[1], "each has a row of its own");
  await lab.start();
  const kept = await floor(lab, "probe-4", agreeing[1]);
  // Between them is one answer that agreed, and its comparisons with other items.
  assert.ok(Math.abs(kept - learnt) < 0.01, `${kept} after the restart, ${learnt} before`);

  await answerAll(lab, divided.slice(2), { from: 300, divided: true });
  const lower = await floor(lab, "probe-5", divided[1]);
  assert.ok(lower > 0 && lower < kept - 0.05, `${lower} where annotators are divided, ${kept} where they agree`);
  assert.ok(Math.abs((await floor(lab, "probe-6", agreeing[2])) - kept) < 0.01, "the first shard's stays");

  await lab.stop();
  const after = await pools(lab);
  assert.ok(after[0] !== before[0] && after[1] !== before[1], "both have learnt since");
});

/** Everybody's answers to these items; where they are divided, one annotator of every second item sees a bird. */
async function answerAll(lab, items, { from, divided = false }) {
  const lines = items.flatMap((item, place) =>
    ANNOTATORS.map((annotator, n) => {
      const isOther = divided && place % 2 === 0 && (place / 2) % ANNOTATORS.length === n;
      return about(item, annotator, from + place, isOther ? "bird" : labelOf(item));
    }),
  );
  for (const { decision } of await lab.sendLines(lines)) {
    assert.equal(decision, "accept");
  }
}

/** The floor that an annotator's first answer is held against; `undefined` while there is none. */
async function floor(lab, annotator, item) {
  const { body } = await lab.send(about(item, annotator, 900, labelOf(item)), { as: "operator" });
  assert.equal(body.decision, "accept");
  return body.evidence.find(({ check }) => check === "disagrees")?.floor;
}

function about(item, annotator, minute, label) {
  const sent = answer({ id: `${annotator}-${item}`, annotator, endedMs: NOW_MS + minute * MINUTE_MS });
  return { ...sent, item: { id: item }, label: { class: label } };
}

function labelOf(item) {
  return Number(item.split("-")[1]) % 2 === 0 ? "cat" : "dog";
}

/** Items that live in a shard, half of them cats. */
function itemsOf(shard) {
  const items = [];
  for (let n = 0; items.length < ITEMS; n += 1) {
    const item = `item-${n}`;
    if (shardOf(item) === shard && labelOf(item) === (items.length % 2 === 0 ? "cat" : "dog")) {
      items.push(item);
    }
  }
  return items;
}

/** As in src/objects.ts. */
function shardOf(item) {
  let hash = 0x811c9dc5;
  for (const byte of Buffer.from(item)) {
    hash = Math.imul(hash ^ byte, 0x01000193);
  }
  return (hash >>> 0) % SHARDS;
}

/** What each shard has stored of its pool; one runtime after the other, for each has the storage to itself. */
async function pools(lab) {
  const query = { className: "ItemShard", sql: "SELECT hex(state) FROM pool" };
  const states = [];
  for (let shard = 0; shard < SHARDS; shard += 1) {
    const { rows } = await runInStorage(lab.folder, { ...query, name: `default/${shard}` });
    assert.equal(rows.length, 1);
    states.push(rows[0][0]);
  }
  return states;
}
