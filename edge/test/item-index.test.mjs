// A BOM whose items are in an index beside it, too many to be listed.

import assert from "node:assert/strict";
import { test } from "node:test";

import { itemIndex } from "../../pkg/test/support/item-index.mjs";
import { ITEMS } from "../demo/items.mjs";
import { answer, codes, NOW_MS, openLab, sha256 } from "./support/lab.mjs";
import { health, look, publish, Publisher } from "./support/publisher.mjs";
import { openServer } from "./support/server.mjs";

/** An index of the demo's items and of many more. */
function indexOf(extra = []) {
  const others = Array.from({ length: 2000 }, (_, number) => sha256(`item ${number}`));
  return itemIndex([...ITEMS.map(({ content }) => sha256(content)), ...others, ...extra], { prefixBits: 6 });
}

async function published(publisher, version, index) {
  const { components, compositions } = index.bom;
  return {
    "policy.json": publisher.policy(),
    "bom.json": await publisher.bom(version, { components, compositions }),
    "items/index.json": index.manifest,
    ...Object.fromEntries([...index.files].map(([name, bytes]) => [`items/${name}`, bytes])),
  };
}

function ownItem(id, content, more = {}) {
  return { ...answer({ id, ...more }), item: { id: content, digest: { sha256: sha256(content) } } };
}

test("an item of the index is let in, and one that is not there is refused", async (t) => {
  const publisher = await Publisher.with();
  const lab = await openLab(t, { documents: await published(publisher, 1, indexOf()) });
  assert.equal((await lab.send(answer({ id: "s-1" }))).body.decision, "accept");
  const { status, body } = await lab.send(ownItem("s-2", "an item of somebody's own"));
  assert.deepEqual([status, codes(body)], [422, ["item-unlisted"]]);
  assert.equal((await health(lab)).bom.trusted, true);
  assert.deepEqual(await lab.collected(), ["s-1"]);
});

test("lines of one annotator are judged in their order, though their items are read at the same time", async (t) => {
  const publisher = await Publisher.with();
  const documents = await published(publisher, 1, indexOf());
  // The clock stands still, so all of them arrive in one instant.
  const policy = { ...JSON.parse(documents["policy.json"]), rate_burst: { alpha_share: 0 } };
  const lab = await openLab(t, { documents: { ...documents, "policy.json": JSON.stringify(policy) } });
  const count = 60;
  lab.nowMs = NOW_MS + count * 60_000;
  const lines = Array.from({ length: count }, (_, number) =>
    ownItem(`s-${number}`, `item ${number}`, { endedMs: NOW_MS + number * 60_000 }),
  );
  const answers = await lab.sendLines(lines, { as: "operator" });
  const counted = answers.map(({ evidence }) => evidence.find(({ check }) => check === "too-fast").answers);
  assert.deepEqual(counted, lines.map((_, number) => number + 1));
  assert.ok(answers.every(({ decision }) => decision === "accept"));
});

test("a part of the index that is damaged or gone holds the submission as unchecked", async (t) => {
  const publisher = await Publisher.with();
  const documents = await published(publisher, 1, indexOf());
  const files = Object.keys(documents).filter((name) => name.startsWith("items/shards-"));
  const damaged = Object.fromEntries(files.map((name) => [name, documents[name].map((byte) => byte ^ 1)]));
  const lab = await openLab(t, { documents: { ...documents, ...damaged } });
  for (const [id, item] of [["s-1", 0], ["s-2", 1]]) {
    const { status, body } = await lab.send(answer({ id, item }), { as: "operator" });
    assert.deepEqual([status, body.decision, [...new Set(codes(body))]], [200, "review", ["unchecked"]]);
    await publish(lab, Object.fromEntries(files.map((name) => [name, undefined])));
  }
  await publish(lab, Object.fromEntries(files.map((name) => [name, documents[name]])));
  assert.equal((await lab.send(answer({ id: "s-3", item: 2 }))).body.decision, "accept");
});

test("a submission that carries its proof needs nothing of the index", async (t) => {
  const publisher = await Publisher.with();
  const index = indexOf();
  const lab = await openLab(t, { documents: await published(publisher, 1, { ...index, files: new Map() }) });
  const submission = answer({ id: "s-1" });
  submission.item.proof = index.proofOf(submission.item.digest.sha256);
  assert.equal((await lab.send(submission)).body.decision, "accept");
});

test("a manifest that is not the one that was signed is not opened, and the BOM in force stays", async (t) => {
  const publisher = await Publisher.with();
  const lab = await openLab(t, { documents: await published(publisher, 1, indexOf()) });
  assert.equal((await lab.send(answer({ id: "s-1" }))).body.decision, "accept");
  const next = await published(publisher, 2, indexOf([sha256("one more")]));
  await publish(lab, { "bom.json": next["bom.json"] });
  const { error } = await look(lab, undefined, { fails: true });
  assert.match(error, /^items\/index\.json: /);
  assert.equal((await health(lab)).bom.version, 1);
  await publish(lab, next);
  await look(lab, 10_000);
  assert.equal((await lab.send(ownItem("s-2", "one more"))).body.decision, "accept");
});

test("an index below the address of the BOM is read in ranges, and each range once", async (t) => {
  const publisher = await Publisher.with();
  const { "policy.json": policy, ...documents } = await published(publisher, 1, indexOf());
  const below = Object.fromEntries(Object.entries(documents).map(([name, text]) => [`/sets/${name}`, text]));
  const server = await openServer(t, below);
  const lab = await openLab(t, {
    documents: { "policy.json": policy, "bom.json": undefined },
    settings: { BOM_URL: `${server.url}/sets/bom.json` },
  });
  for (const id of ["s-1", "s-2", "s-3"]) {
    assert.equal((await lab.send(answer({ id, annotator: id }))).body.decision, "accept");
  }
  const { body } = await lab.send(ownItem("s-4", "an item of somebody's own"));
  assert.deepEqual(codes(body), ["item-unlisted"]);
  assert.equal(server.ranges.length, 2);
  assert.ok(server.ranges.every((range) => /^bytes=\d+-\d+$/.test(range)));
});
