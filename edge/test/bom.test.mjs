// Which BOM is taken: its signatures, its version, its checkpoint.

import assert from "node:assert/strict";
import { test } from "node:test";

import { bom } from "../demo/make.mjs";
import { answer, openLab } from "./support/lab.mjs";
import { health, look, NEW_ITEM, publish, Publisher, RETRY_MS, SERIAL, withItem } from "./support/publisher.mjs";

for (const [what, refusal, spoil] of [
  ["nobody signed", "no-signature", () => JSON.stringify({ serialNumber: SERIAL, version: 1, ...bom() })],
  ["another key signed", "key-not-pinned", async () => (await Publisher.with()).bom(1)],
  ["whose signature was stripped", "no-signature", async (publisher) => {
    const { signature, ...rest } = JSON.parse(await publisher.bom(1));
    return JSON.stringify(rest);
  }],
  ["that was changed after it was signed", "bad-signature", async (publisher) =>
    (await publisher.bom(1)).replace(/"version":1}$/, '"version":2}')],
  ["without a serial number", "no-serial-number", (publisher) => publisher.bom(1, { serialNumber: undefined })],
]) {
  test(`a BOM ${what} is bom-untrusted, ${refusal}`, async (t) => {
    const publisher = await Publisher.with();
    const documents = { "policy.json": publisher.policy(), "bom.json": await spoil(publisher) };
    const lab = await openLab(t, { documents });
    const { status, body } = await lab.send(answer({ id: "s-1" }), { as: "operator" });
    assert.deepEqual([status, body.decision, body.reasons[0].code], [422, "reject", "bom-untrusted"]);
    assert.deepEqual(body.reasons[0].measured, { value: refusal, unit: "refusal" });
    const { status: page, bom: shown } = await health(lab);
    assert.deepEqual([page, shown.trusted, shown.code, shown.refusal], [503, false, "bom-untrusted", refusal]);
    assert.deepEqual(await lab.collected(), []);
  });
}

for (const curve of ["Ed25519", "P-256", "P-384", "P-521"]) {
  test(`a BOM signed with ${curve} is trusted, by WebCrypto where the module cannot check it`, async (t) => {
    const publisher = await Publisher.with(curve);
    const documents = { "policy.json": publisher.policy(), "bom.json": await publisher.bom(7) };
    const lab = await openLab(t, { documents });
    assert.equal((await lab.send(answer({ id: "s-1" }))).body.decision, "accept");
    const { status, bom: shown, refresh } = await health(lab);
    assert.deepEqual([status, shown.trusted, shown.serial_number, shown.version], [200, true, SERIAL, 7]);
    assert.deepEqual(refresh, { age_s: 0 });
  });
}

test("a BOM whose ES256 signature is not good is refused by WebCrypto in workerd", async (t) => {
  const publisher = await Publisher.with("P-256");
  const changed = (await publisher.bom(1)).replace('"version":1}', '"version":2}');
  assert.notEqual(changed, await publisher.bom(1));
  const lab = await openLab(t, { documents: { "policy.json": publisher.policy(), "bom.json": changed } });
  assert.equal((await health(lab)).bom.refusal, "bad-signature");
});

test("a BOM too long for WebCrypto is checked by its digest, in the second module", async (t) => {
  const publisher = await Publisher.with("P-256");
  const listed = bom().components[0];
  const more = Array.from({ length: 40_000 }, (_, n) => ({ ...listed.components[0], "bom-ref": `n-${n}`, name: `n-${n}` }));
  const components = [{ ...listed, components: [...listed.components, ...more] }];
  // The signature first, as `labelgate bom sign` writes it: then the rest is hashed as it comes.
  const { signature, ...rest } = JSON.parse(await publisher.bom(1, { components }));
  const text = JSON.stringify({ signature, ...rest });
  assert.ok(text.length > 4 << 20);
  const lab = await openLab(t, { documents: { "policy.json": publisher.policy(), "bom.json": text } });
  assert.equal((await health(lab)).bom.trusted, true);

  const other = await openLab(t, {
    documents: { "policy.json": publisher.policy(), "bom.json": text.replace('"n-20000"', '"m-20000"') },
  });
  assert.equal((await health(other)).bom.refusal, "bad-signature");
});

test("an older BOM after a newer one was seen is bom-rollback, also after a restart", async (t) => {
  const publisher = await Publisher.with();
  const [older, newer] = [await publisher.bom(4), await publisher.bom(5)];
  const lab = await openLab(t, { documents: { "policy.json": publisher.policy(), "bom.json": newer } });
  assert.equal((await lab.send(answer({ id: "s-1" }))).body.decision, "accept");

  await lab.stop();
  lab.documents["bom.json"] = older;
  await lab.start();
  const { status, body } = await lab.send(answer({ id: "s-2" }), { as: "operator" });
  assert.deepEqual([status, body.reasons[0].code], [422, "bom-rollback"]);
  const { status: page, bom: shown } = await health(lab);
  assert.deepEqual([page, shown.trusted, shown.code, shown.version], [503, false, "bom-rollback", 4]);

  await publish(lab, { "bom.json": newer });
  await look(lab, RETRY_MS);
  assert.equal((await lab.send(answer({ id: "s-3", item: 1, endedMs: lab.nowMs - 1000 }))).body.decision, "accept");
});

test("two lists under one version are bom-rollback", async (t) => {
  const publisher = await Publisher.with();
  const lab = await openLab(t, { documents: { "policy.json": publisher.policy(), "bom.json": await publisher.bom(1) } });
  assert.equal((await health(lab)).status, 200);
  await lab.stop();
  lab.documents["bom.json"] = await publisher.bom(1, withItem(NEW_ITEM.name, NEW_ITEM.content));
  await lab.start();
  assert.equal((await health(lab)).bom.code, "bom-rollback");
});

test("each project remembers its BOMs apart", async (t) => {
  const publisher = await Publisher.with();
  const lab = await openLab(t, { documents: { "policy.json": publisher.policy(), "bom.json": await publisher.bom(5) } });
  assert.equal((await health(lab)).status, 200);
  await lab.stop();
  lab.documents["bom.json"] = await publisher.bom(4);
  lab.useSettings({ PROJECT: "another" });
  await lab.start();
  assert.equal((await health(lab)).status, 200);
});

for (const [what, refusal, checkpoint] of [
  ["no checkpoint", "no-checkpoint", () => undefined],
  ["another publisher's checkpoint", "checkpoint-untrusted", async (text) =>
    (await Publisher.with()).checkpoint(text, { expires: "2027-01-01T00:00:00Z", size: 1 })],
  ["the checkpoint of another BOM", "checkpoint-of-other-bom", async (text, publisher) =>
    publisher.checkpoint(await publisher.bom(2), { expires: "2027-01-01T00:00:00Z", size: 1 })],
]) {
  test(`a BOM with ${what}, where the policy asks for one, is bom-untrusted`, async (t) => {
    const publisher = await Publisher.with();
    const text = await publisher.bom(1);
    const documents = {
      "policy.json": publisher.policy(publisher.checkpoints()),
      "bom.json": text,
      "bom.checkpoint": await checkpoint(text, publisher),
    };
    const lab = await openLab(t, { documents });
    const { body } = await lab.send(answer({ id: "s-1" }), { as: "operator" });
    assert.deepEqual([body.reasons[0].code, body.reasons[0].measured.value], ["bom-untrusted", refusal]);
  });
}
