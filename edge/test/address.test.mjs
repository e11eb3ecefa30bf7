// A BOM that is read from an address.

import assert from "node:assert/strict";
import { test } from "node:test";

import { answer, openLab } from "./support/lab.mjs";
import { aboutNewItem, health, look, NEW_ITEM, Publisher, REFRESH_MS, withItem } from "./support/publisher.mjs";
import { openServer } from "./support/server.mjs";

test("a BOM is read from an address with its checkpoint beside it, and not again while it is the same", async (t) => {
  const publisher = await Publisher.with();
  const text = await publisher.bom(1);
  const checkpoint = (bomText, size) => publisher.checkpoint(bomText, { expires: "2027-01-01T00:00:00Z", size });
  const server = await openServer(t, { "/bom.json?a=b": text, "/bom.json.checkpoint?a=b": await checkpoint(text, 1) });
  const lab = await openLab(t, {
    documents: { "policy.json": publisher.policy(publisher.checkpoints()), "bom.json": undefined },
    settings: { BOM_URL: `${server.url}/bom.json?a=b` },
  });
  assert.equal((await lab.send(answer({ id: "s-1" }))).body.decision, "accept");
  assert.deepEqual([server.asked.toSorted(), server.answered], [["/bom.json.checkpoint?a=b", "/bom.json?a=b"], [200, 200]]);

  await look(lab);
  assert.deepEqual(server.answered.slice(2), [304, 304]);

  const next = await publisher.bom(2, withItem(NEW_ITEM.name, NEW_ITEM.content));
  server.documents = { "/bom.json?a=b": next, "/bom.json.checkpoint?a=b": await checkpoint(next, 2) };
  await look(lab);
  const { bom: shown } = await health(lab);
  assert.deepEqual([shown.version, shown.publications], [2, 2]);
  assert.equal((await lab.send(aboutNewItem("s-2"))).body.decision, "accept");
});

test("a checkpoint at an address of its own must be there", async (t) => {
  const publisher = await Publisher.with();
  const server = await openServer(t, { "/bom.json": await publisher.bom(1) });
  const lab = await openLab(t, {
    documents: { "policy.json": publisher.policy() },
    settings: { BOM_URL: `${server.url}/bom.json`, CHECKPOINT_URL: `${server.url}/checkpoint` },
  });
  const { status, detail } = await health(lab);
  assert.deepEqual([status, detail], [503, "bom.checkpoint is missing at CHECKPOINT_URL"]);
});

for (const [what, said, answerOf] of [
  ["answers 500", /^bom\.json: the server of BOM_URL answered 500$/, (response) => response.writeHead(500).end()],
  ["sends somebody elsewhere", /answered 302$/, (response) => response.writeHead(302, { location: "/other" }).end()],
  ["does not answer in time", /^bom\.json: /, () => undefined],
  ["stops in the middle", /^bom\.json: /, (response) => {
    response.writeHead(200);
    response.write('{"bomFormat":');
  }],
  ["breaks the connection off", /^bom\.json: /, (response) => response.destroy()],
  ["sends more than the bound", /^bom\.json: it has more than 20000 bytes$/, (response) => {
    response.writeHead(200);
    response.end(`{"bomFormat":"CycloneDX","specVersion":"1.7","a":"${"a".repeat(30_000)}"}`);
  }],
]) {
  test(`a server that ${what} leaves the BOM in force, and the health page says so without the address`, async (t) => {
    const publisher = await Publisher.with();
    const server = await openServer(t, { "/bom.json": await publisher.bom(1) });
    const lab = await openLab(t, {
      documents: { "policy.json": publisher.policy() },
      settings: { BOM_URL: `${server.url}/bom.json`, BOM_TIMEOUT_MS: 2000, BOM_MAX_BYTES: 20_000 },
    });
    assert.equal((await health(lab)).status, 200);
    server.documents["/bom.json"] = answerOf;
    const { error } = await look(lab, REFRESH_MS, { fails: true });
    assert.match(error, said);
    assert.ok(!error.includes(server.url), error);
    assert.equal((await lab.send(answer({ id: "s-1" }))).body.decision, "accept");
    assert.ok(!server.asked.includes("/other"));
  });
}

for (const [settings, message] of [
  [{ BOM_URL: "file:///etc/passwd" }, /^BOM_URL must be/],
  [{ BOM_URL: "https://a.example/", CHECKPOINT_URL: "ftp://a.example/" }, /^CHECKPOINT_URL must be/],
  [{ CHECKPOINT_URL: "https://a.example/" }, /^CHECKPOINT_URL is of use only/],
  [{ BOM_REFRESH_S: "0" }, /^BOM_REFRESH_S must be/],
  [{ BOM_TIMEOUT_MS: "60000" }, /^BOM_TIMEOUT_MS must be/],
  [{ BOM_MAX_BYTES: "all" }, /^BOM_MAX_BYTES must be/],
]) {
  test(`a wrong setting ${JSON.stringify(settings)} is named`, async (t) => {
    const lab = await openLab(t, { settings });
    const { status, code, detail } = await health(lab);
    assert.deepEqual([status, code], [500, "misconfigured"]);
    assert.match(detail, message);
  });
}
