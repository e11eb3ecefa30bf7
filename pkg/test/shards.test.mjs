/* Asking the index of a sharded BOM: from servers, buckets, files and caches, well-behaved and not. */
import { test } from "node:test";
import assert from "node:assert/strict";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Gate, LabelgateError, blobRanges, bucketRanges, cachedRanges, folderRanges, httpRanges } from "labelgate";
import { NOW, bytesOf, sha256, submission } from "./support/crowd.mjs";
import { itemIndex } from "./support/item-index.mjs";
import { rangeServer } from "./support/range-server.mjs";

const NAMES = Array.from({ length: 1000 }, (_, n) => `img-${n}.png`);
const INDEX = itemIndex(NAMES.map((name) => sha256(name)));
const ours =
  (code, message = /./) =>
  (error) =>
    error instanceof LabelgateError && error.code === code && message.test(error.message);

const of = (name, more = {}) => submission({ id: `s-${name}`, annotator: `ann-${name}`, item: { id: name, digest: { sha256: sha256(name) }, ...more } });

async function gateOver(ranges, { bom = INDEX.bom, manifest = INDEX.manifest } = {}) {
  const gate = new Gate({ bom: { trust: "unsigned-for-development" } });
  await gate.loadBom(bytesOf(bom));
  gate.openIndex(manifest, ranges);
  return gate;
}

/** The decision on an item, its shard read before. */
async function decision(gate, name, more) {
  const asked = of(name, more);
  await gate.loadItem(asked);
  const { decision, reasons } = gate.check(asked, { now: NOW });
  return [decision, ...reasons.map(({ code }) => code)].join(" ");
}

/** The same index behind everything that ranges come from. */
const SOURCES = {
  "a server": async (t) => httpRanges((await rangeServer(t, INDEX.files)).base),
  "a server, beside its manifest": async (t) => httpRanges(`${(await rangeServer(t, INDEX.files)).base}index.json`),
  "an R2 bucket": async () => bucketRanges(bucket(), { prefix: "pets/" }),
  "files by name": async () => blobRanges(Array.from(INDEX.files, ([name, bytes]) => new File([bytes], name))),
  "named blobs": async () => blobRanges(new Map(Array.from(INDEX.files, ([name, bytes]) => [name, new Blob([bytes])]))),
  "a folder": async (t) => {
    const folder = await mkdtemp(join(tmpdir(), "labelgate-"));
    t.after(() => rm(folder, { recursive: true }));
    for (const [name, bytes] of INDEX.files) await writeFile(join(folder, name), bytes);
    return folderRanges(folder);
  },
};

function bucket() {
  return {
    async get(key, { range: { offset, length } }) {
      const bytes = INDEX.files.get(key.replace("pets/", ""));
      return bytes === undefined ? null : new Response(bytes.subarray(offset, offset + length));
    },
  };
}

for (const [what, ranges] of Object.entries(SOURCES)) {
  test(`items are listed and proved absent from ${what}`, async (t) => {
    const gate = await gateOver(await ranges(t));
    assert.equal(gate.indexUrl(), "items/index.json");
    for (const name of NAMES.slice(0, 50)) assert.equal(await decision(gate, name), "accept");
    for (const name of ["other.png", "img-1000.png", "img-1.pnG"]) {
      assert.equal(await decision(gate, name), "reject item-unlisted");
    }
  });
}

test("one shard is one range read, however many ask at a time and afterwards", async (t) => {
  const { base, requests } = await rangeServer(t, INDEX.files);
  const gate = await gateOver(httpRanges(base));
  await Promise.all(Array.from({ length: 20 }, () => gate.loadItem(of("img-1.png"))));
  await gate.loadItem(of("img-1.png"));
  assert.equal(requests.length, 1);
  const [, first, last] = /^bytes=(\d+)-(\d+)$/.exec(requests[0].range);
  assert.equal(Number(last) - Number(first) + 1, INDEX.slotBytes);
  await Promise.all(NAMES.map((name) => gate.loadItem(of(name))));
  assert.equal(requests.length, 16, "one for each shard");
});

test("a submission that carries its proof is accepted without any read", async () => {
  const never = { read: () => assert.fail("nothing is to be read") };
  const gate = await gateOver(never);
  for (const name of NAMES.slice(0, 40)) {
    assert.equal(await decision(gate, name, { proof: INDEX.proofOf(sha256(name)) }), "accept");
  }
});

test("another item's proof proves nothing, and the index is asked", async (t) => {
  const { base, requests } = await rangeServer(t, INDEX.files);
  const gate = await gateOver(httpRanges(base));
  const proof = INDEX.proofOf(sha256("img-1.png"));
  assert.equal(await decision(gate, "other.png", { proof }), "reject item-unlisted");
  assert.equal(requests.length, 1);
});

test("without a read the submission is held, neither lost nor let through", async () => {
  const gate = await gateOver({ read: () => assert.fail("not asked") });
  const { decision, reasons } = gate.check(of("img-1.png"), { now: NOW });
  assert.equal(decision, "review");
  assert.deepEqual(reasons.map(({ code }) => code), ["unchecked"]);
});

const MISBEHAVIOUR = {
  "sends the whole file": [(_, response, { bytes }) => response.writeHead(200).end(bytes), "http", /support range requests/],
  "has no such file": [(_, response) => response.writeHead(404).end(), "http", /answered 404/],
  "answers with another range": [
    (_, response, { start, end, bytes }) =>
      response.writeHead(206, { "content-range": `bytes ${start + 1}-${end}/${bytes.length}` }).end(bytes.subarray(start + 1, end + 1)),
    "http",
    /the range "bytes/,
  ],
  "names no range": [(_, response, { start, end, bytes }) => response.writeHead(206).end(bytes.subarray(start, end)), "http", /no content-range/],
  "sends more than it says": [
    (_, response, { start, end, bytes }) =>
      response
        .writeHead(206, { "content-range": `bytes ${start}-${end - 1}/${bytes.length}` })
        .end(Buffer.concat([bytes.subarray(start, end), Buffer.alloc(100_000)])),
    "http",
    /more than the \d+ bytes/,
  ],
  "sends less than it says": [
    (_, response, { start, end, bytes }) =>
      response.writeHead(206, { "content-range": `bytes ${start}-${end - 1}/${bytes.length}` }).end(bytes.subarray(start, end - 1)),
    "http",
    /has \d+ bytes where the index has/,
  ],
  "compresses": [
    (_, response, { start, end, bytes }) =>
      response
        .writeHead(206, { "content-range": `bytes ${start}-${end - 1}/${bytes.length}`, "content-encoding": "x-other" })
        .end(bytes.subarray(start, end)),
    "http",
    /encoding x-other/,
  ],
  "hangs up": [(request) => request.socket.destroy(), "http", /cannot read/],
  "never answers": [() => true, "timeout", /within 200 ms/],
  "sends another shard": [
    (_, response, { start, end, bytes }) => {
      const other = start === 0 ? end : 0;
      response
        .writeHead(206, { "content-range": `bytes ${start}-${end - 1}/${bytes.length}` })
        .end(bytes.subarray(other, other + end - start));
    },
    "bom",
    /the shard that the index names/,
  ],
  "alters one bit": [
    (_, response, { start, end, bytes }) => {
      const altered = Buffer.from(bytes.subarray(start, end));
      altered[200] ^= 1;
      response.writeHead(206, { "content-range": `bytes ${start}-${end - 1}/${bytes.length}` }).end(altered);
    },
    "bom",
    /the shard that the index names/,
  ],
};

for (const [what, [answer, code, message]] of Object.entries(MISBEHAVIOUR)) {
  test(`a server that ${what} is refused, and the submission is held`, async (t) => {
    const { base } = await rangeServer(t, INDEX.files, (...given) => {
      answer(...given);
      return true;
    });
    const gate = await gateOver(httpRanges(base, { timeoutMs: 200 }));
    await assert.rejects(gate.loadItem(of("img-1.png")), ours(code, message));
    const { reasons } = gate.check(of("img-1.png"), { now: NOW });
    assert.deepEqual(reasons.map(({ code }) => code), ["unchecked"]);
  });
}

test("who gives up waiting hears the signal's reason; the others get the shard", async (t) => {
  let release;
  const held = new Promise((resolve) => (release = resolve));
  const inner = blobRanges(new Map(Array.from(INDEX.files, ([name, bytes]) => [name, new Blob([bytes])])));
  const gate = await gateOver({ read: (...range) => held.then(() => inner.read(...range)) });
  const controller = new AbortController();
  const reason = new Error("enough");
  const given = gate.loadItem(of("img-1.png"), { signal: controller.signal });
  const other = gate.loadItem(of("img-1.png"));
  controller.abort(reason);
  await assert.rejects(given, (error) => error === reason);
  release();
  await other;
  assert.equal(gate.check(of("img-1.png"), { now: NOW }).decision, "accept");
  await assert.rejects(gate.loadItem(of("img-2.png"), { signal: controller.signal }), (error) => error === reason);
});

/** A `Cache` that keeps everything, as the ones of workers do: no partial answers. */
function memoryCache() {
  const kept = new Map();
  return {
    kept,
    match: async (url) => kept.get(url)?.clone(),
    delete: async (url) => kept.delete(url),
    put: async (url, response) => {
      if (response.status === 206) throw new TypeError("a cache takes no partial answer");
      kept.set(url, response);
    },
  };
}

test("a cache saves reads, and what somebody put into it is read again", async (t) => {
  const { base, requests } = await rangeServer(t, INDEX.files);
  const cache = memoryCache();
  const ranges = () => cachedRanges(httpRanges(base), cache, base);
  await (await gateOver(ranges())).loadItem(of("img-1.png"));
  await (await gateOver(ranges())).loadItem(of("img-1.png"));
  assert.equal(requests.length, 1);
  const [[url]] = cache.kept;
  assert.match(url, /^http:\/\/127\.0\.0\.1:\d+\/items\/shards-\d\.bin\?range=\d+-\d+$/);
  cache.kept.set(url, new Response(new Uint8Array(INDEX.slotBytes)));
  const gate = await gateOver(ranges());
  assert.equal(await decision(gate, "img-1.png"), "accept");
  assert.equal(requests.length, 2);
  // And when the source itself is wrong, the cache is no way around.
  cache.kept.clear();
  const wrong = { read: async () => new Uint8Array(INDEX.slotBytes) };
  const misled = await gateOver(cachedRanges(wrong, cache, base));
  await assert.rejects(misled.loadItem(of("img-1.png")), ours("bom"));
});

test("what is not the index of the BOM is not opened, and nothing to read from is refused", async () => {
  const other = itemIndex(["00".repeat(32)]);
  const gate = new Gate({ bom: { trust: "unsigned-for-development" } });
  assert.equal(gate.indexUrl(), undefined);
  assert.throws(() => gate.openIndex(INDEX.manifest, { read() {} }), ours("bom"));
  await gate.loadBom(bytesOf(INDEX.bom));
  assert.throws(() => gate.openIndex(other.manifest, { read() {} }), ours("bom", /that the BOM names by its digest/));
  assert.throws(() => gate.openIndex(INDEX.manifest), ours("usage"));
  assert.throws(() => httpRanges("not an address"), ours("usage"));
  await gate.loadItem(of("img-1.png"));
  assert.equal(gate.check(of("img-1.png"), { now: NOW }).reasons[0].code, "unchecked");
});

test("a missing file or object is said by its name", async () => {
  for (const ranges of [blobRanges([]), bucketRanges({ get: async () => null }), folderRanges("/nowhere")]) {
    const gate = await gateOver(ranges);
    await assert.rejects(gate.loadItem(of("img-1.png")), ours("http", /shards-\d\.bin/));
  }
});
