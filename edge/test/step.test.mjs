// The objects in isolates of their own, with gates of their own: all steps of a submission by the same documents.

import assert from "node:assert/strict";
import { test } from "node:test";

import { answer, codes, openLab } from "./support/lab.mjs";
import { aboutNewItem, health, look, NEW_ITEM, publish, Publisher, withItem } from "./support/publisher.mjs";

async function labApart(t) {
  const publisher = await Publisher.with();
  const older = await publisher.bom(1);
  const documents = { "policy.json": publisher.policy(), "bom.json": older };
  const lab = await openLab(t, { documents, edge: { apart: true } });
  const newer = await publisher.bom(2, withItem(NEW_ITEM.name, NEW_ITEM.content));
  return { lab, older, newer };
}

test("an object whose gate is older than the worker's looks at the documents before it judges", async (t) => {
  const { lab, newer } = await labApart(t);
  // The gates of both are loaded.
  assert.equal((await lab.send(answer({ id: "s-1" }))).body.decision, "accept");
  await publish(lab, { "bom.json": newer }, "objects");
  await publish(lab, { "bom.json": newer });
  await look(lab);
  assert.equal((await lab.send(aboutNewItem("s-2"))).body.decision, "accept");
  assert.deepEqual(await lab.collected(), ["s-1", "s-2"]);
});

test("a worker whose gate is older than the object's learns so, and looks at the documents", async (t) => {
  const { lab, newer } = await labApart(t);
  await publish(lab, { "bom.json": newer }, "objects");
  // The worker has loaded the older one, the object loads the newer one.
  assert.equal((await lab.send(answer({ id: "s-1" }))).body.decision, "accept");
  await publish(lab, { "bom.json": newer });
  assert.deepEqual(codes((await lab.send(aboutNewItem("s-2"))).body), ["item-unlisted"]);
  lab.nowMs += 2000;
  assert.equal((await lab.send(answer({ id: "s-3", item: 1 }))).body.decision, "accept");
  // Beside that submission, the worker looked.
  while ((await lab.send(aboutNewItem("s-2"))).status === 422);
  assert.deepEqual(await lab.collected(), ["s-1", "s-3", "s-2"]);
});

test("an object that is shown an older BOM than the worker was refuses as bom-rollback, and takes nothing", async (t) => {
  const { lab, older, newer } = await labApart(t);
  await publish(lab, { "bom.json": newer });
  assert.equal((await health(lab)).bom.version, 2);
  await publish(lab, { "bom.json": older }, "objects");
  const refused = await lab.send(answer({ id: "s-1" }));
  assert.deepEqual([refused.status, codes(refused.body)], [422, ["bom-rollback"]]);
  assert.equal((await lab.verdict("s-1", "ann-1")).status, 404, "it left nothing behind");
  await publish(lab, { "bom.json": newer }, "objects");
  lab.nowMs += 2000;
  assert.equal((await lab.send(answer({ id: "s-1" }))).body.decision, "accept");
});
