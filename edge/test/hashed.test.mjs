// Hashing what is forwarded, in workerd.

import assert from "node:assert/strict";
import { createHash, randomBytes } from "node:crypto";
import { once } from "node:events";
import http from "node:http";
import { after, before, test } from "node:test";
import { fileURLToPath } from "node:url";

import { Miniflare } from "miniflare";

import { modulesOf } from "../local.mjs";
import { sha256 } from "./support/lab.mjs";

let miniflare;
let stored;
const store = http.createServer(async (request, response) => {
  const hash = createHash("sha256");
  let bytes = 0;
  for await (const piece of request) {
    bytes += piece.length;
    hash.update(piece);
  }
  stored = { bytes, digest: `sha256:${hash.digest("hex")}` };
  response.end();
});

before(async () => {
  store.listen(0, "127.0.0.1");
  await once(store, "listening");
  miniflare = new Miniflare({
    cf: false,
    compatibilityDate: "2026-04-01",
    modules: await modulesOf(fileURLToPath(new URL("hashed/worker.ts", import.meta.url))),
    bindings: { STORE: `http://127.0.0.1:${store.address().port}/` },
  });
  await miniflare.ready;
});
after(async () => {
  await miniflare.dispose();
  store.close();
});

async function call(path, body) {
  const init = body === undefined ? {} : { method: "POST", body };
  return (await miniflare.dispatchFetch(`http://edge${path}`, init)).json();
}

for (const bytes of [0, 1, 65_536, 20_000_003]) {
  test(`an upload of ${bytes} bytes is forwarded as it is, and its digest is that of the bytes`, async () => {
    const content = randomBytes(bytes);
    const answer = await call("/upload", content);
    const digest = `sha256:${sha256(content)}`;
    assert.deepEqual(answer, { stored: 200, digest });
    assert.deepEqual(stored, { bytes, digest });
  });
}

test("time of check to time of use: a sender that changes what it gave has the digest of what is forwarded", async () => {
  const told = await call("/changed");
  assert.equal(told.length, 30);
  for (const [digest, forwarded] of told) assert.equal(digest, forwarded);
});

test("nothing is read that nobody asked for", async () => {
  assert.equal(await call("/ahead"), 1);
});

test("a stream that breaks has no digest, and its reader hears why", async () => {
  assert.deepEqual(await call("/broken"), ["the sender left", "the sender left"]);
});

test("a stream that is not read to its end has no digest", async () => {
  assert.deepEqual(await call("/cancelled"), { error: "the stream was not read to its end" });
});
