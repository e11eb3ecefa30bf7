// What replaces the BOM in force, and when.

import assert from "node:assert/strict";
import { test } from "node:test";

import { answer, codes, NOW_MS, openLab } from "./support/lab.mjs";
import {
  aboutNewItem,
  health,
  look,
  NEW_ITEM,
  publish,
  Publisher,
  REFRESH_MS,
  RETRY_MS,
  withItem,
} from "./support/publisher.mjs";

test("a new version comes into force without a restart, and not before the refresh is due", async (t) => {
  const publisher = await Publisher.with();
  const lab = await openLab(t, { documents: { "policy.json": publisher.policy(), "bom.json": await publisher.bom(1) } });
  const first = await lab.send(aboutNewItem("s-1"));
  assert.deepEqual([first.status, codes(first.body)], [422, ["item-unlisted"]]);

  await publish(lab, { "bom.json": await publisher.bom(2, withItem(NEW_ITEM.name, NEW_ITEM.content)) });
  lab.nowMs += REFRESH_MS - 1;
  assert.equal((await lab.send(aboutNewItem("s-1"))).status, 422);
  assert.equal((await health(lab)).bom.version, 1);

  const { age_s } = await look(lab, 1);
  assert.equal(age_s, 0);
  assert.equal((await health(lab)).bom.version, 2);
  assert.equal((await lab.send(aboutNewItem("s-1"))).body.decision, "accept");
});

test("a policy and gold that are changed come into force with the refresh as well", async (t) => {
  const publisher = await Publisher.with();
  const lab = await openLab(t, { documents: { "policy.json": publisher.policy(), "bom.json": await publisher.bom(1) } });
  const { policy } = await health(lab);
  await publish(lab, { "policy.json": publisher.policy({ names: "required" }) });
  await look(lab);
  assert.notEqual((await health(lab)).policy, policy);
  await publish(lab, { "gold.json": '{"item":[]}' });
  const { error } = await look(lab, REFRESH_MS, { fails: true });
  assert.match(error, /^gold\.json: /);
  assert.equal((await lab.send(answer({ id: "s-1" }))).body.decision, "accept");
});

test("a key that the policy pins no longer is no longer trusted after the refresh", async (t) => {
  const publisher = await Publisher.with();
  const lab = await openLab(t, { documents: { "policy.json": publisher.policy(), "bom.json": await publisher.bom(1) } });
  assert.equal((await lab.send(answer({ id: "s-1" }))).body.decision, "accept");
  const next = await Publisher.with();
  await publish(lab, { "policy.json": next.policy() });
  await look(lab);
  const { status, bom } = await health(lab);
  assert.deepEqual([status, bom.code, bom.refusal], [503, "bom-untrusted", "key-not-pinned"]);
  await publish(lab, { "bom.json": await next.bom(2) });
  await look(lab, RETRY_MS);
  assert.equal((await lab.send(answer({ id: "s-2", item: 1 }))).body.decision, "accept");
});

for (const [what, said, documents] of [
  ["of another key", /refused: bom-untrusted, key-not-pinned/, async () => ({ "bom.json": await (await Publisher.with()).bom(2) })],
  ["that is older", /refused: bom-rollback/, async (publisher) => ({ "bom.json": await publisher.bom(4) })],
  ["that ends early", /^bom\.json: /, async (publisher) => ({ "bom.json": (await publisher.bom(6)).slice(0, 500) })],
  ["that is gone", /^bom\.json is missing/, async () => ({ "bom.json": undefined })],
  ["under a policy that cannot be read", /^policy\.json: /, async () => ({ "policy.json": "{" })],
]) {
  test(`a refresh that finds a BOM ${what} keeps the one in force, and says so`, async (t) => {
    const publisher = await Publisher.with();
    const good = { "policy.json": publisher.policy(), "bom.json": await publisher.bom(5) };
    const lab = await openLab(t, { documents: good });
    assert.equal((await health(lab)).status, 200);

    await publish(lab, await documents(publisher));
    const { error, age_s } = await look(lab, REFRESH_MS, { fails: true });
    assert.match(error, said);
    assert.equal(age_s, REFRESH_MS / 1000);
    const { status, bom: shown } = await health(lab);
    assert.deepEqual([status, shown.trusted, shown.version], [200, true, 5]);
    assert.equal((await lab.send(answer({ id: "s-1" }))).body.decision, "accept");

    // It is looked at again, and still refused.
    const again = await look(lab, RETRY_MS, { fails: true });
    assert.match(again.error, said);

    await publish(lab, { ...good, "bom.json": await publisher.bom(6) });
    await look(lab, RETRY_MS);
    assert.equal((await health(lab)).bom.version, 6);
  });
}

test("a checkpoint that lapses is bom-expired; a newer one is found and lets submissions in again", async (t) => {
  const publisher = await Publisher.with();
  const text = await publisher.bom(1);
  const until = (ms, size) => publisher.checkpoint(text, { expires: new Date(ms).toISOString().replace(".000", ""), size });
  const documents = {
    "policy.json": publisher.policy(publisher.checkpoints()),
    "bom.json": text,
    "bom.checkpoint": await until(NOW_MS + 60_000, 3),
  };
  const lab = await openLab(t, { documents });
  assert.equal((await lab.send(answer({ id: "s-1" }))).body.decision, "accept");
  const { bom: shown } = await health(lab);
  assert.deepEqual([shown.publications, shown.expires_at], [3, "2026-11-23T10:01:00.000Z"]);

  lab.nowMs += 60_000;
  const late = await lab.send(answer({ id: "s-2", item: 1, endedMs: lab.nowMs - 1000 }));
  assert.deepEqual([late.status, codes(late.body)], [422, ["bom-expired"]]);
  const { status, bom: lapsed } = await health(lab);
  assert.deepEqual([status, lapsed.trusted, lapsed.code], [503, false, "bom-expired"]);

  // The same BOM, which is not published anew: the checkpoint alone is newer.
  await publish(lab, { "bom.checkpoint": await until(NOW_MS + 3_600_000, 3) });
  await look(lab, RETRY_MS);
  const mended = await lab.send(answer({ id: "s-2", item: 1, endedMs: lab.nowMs - 1000 }));
  assert.equal(mended.body.decision, "accept");

  await publish(lab, { "bom.checkpoint": await until(NOW_MS + 7_200_000, 2) });
  const { error } = await look(lab, REFRESH_MS, { fails: true });
  assert.match(error, /bom-rollback/, "its log counts fewer publications");

  await publish(lab, { "bom.checkpoint": await until(NOW_MS, 4) });
  assert.match((await look(lab, REFRESH_MS, { fails: true })).error, /./);
  assert.equal((await health(lab)).bom.trusted, true);
});
