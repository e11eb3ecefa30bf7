/* Loading a BOM from everything that bytes come from. */
import { test } from "node:test";
import assert from "node:assert/strict";
import { Readable } from "node:stream";
import { Gate, LabelgateError } from "labelgate";
import { NOW, bomOf, bytesOf, sha256, submission } from "./support/crowd.mjs";

const NAMES = Array.from({ length: 3000 }, (_, n) => `img-${n}.png`);
const BOM = bytesOf(bomOf(NAMES));
const newGate = () => new Gate({ bom: { trust: "unsigned-for-development" } });
const ours =
  (code, message = /./) =>
  (error) =>
    error instanceof LabelgateError && error.code === code && message.test(error.message);

/** The BOM in chunks of these sizes, again and again. */
function* chunks(sizes) {
  for (let start = 0, turn = 0; start < BOM.length; turn += 1) {
    const end = start + sizes[turn % sizes.length];
    yield BOM.subarray(start, end);
    start = end;
  }
}

const SOURCES = {
  "a Uint8Array": () => BOM,
  "an ArrayBuffer": () => BOM.slice().buffer,
  "a view of a larger buffer": () => {
    const larger = new Uint8Array(BOM.length + 20);
    larger.set(BOM, 7);
    return new DataView(larger.buffer, 7, BOM.length);
  },
  "a string": () => new TextDecoder().decode(BOM),
  "a Blob": () => new Blob([BOM]),
  "a File": () => new File([BOM], "bom.json"),
  "a Response": () => new Response(BOM),
  "a ReadableStream": () => new Blob([BOM]).stream(),
  "a stream of odd chunks": () => ReadableStream.from(chunks([1, 0, 2, 3, 977])),
  "a Node stream": () => Readable.from(chunks([4096])),
};

for (const [what, source] of Object.entries(SOURCES)) {
  test(`a BOM comes from ${what}`, async () => {
    const gate = newGate();
    const summary = await gate.loadBom(source());
    assert.deepEqual(summary, {
      items: NAMES.length,
      weak_only: 0,
      spec_version: "1.7",
      version: 1,
      complete: true,
      digest: `sha256:${sha256(BOM)}`,
      trusted: false,
      refusal: "no-pinned-key",
      why: "the policy pins no key",
      signers: [],
    });
    assert.equal(gate.check(submission(), { now: NOW }).decision, "accept");
  });
}

test("progress counts up to the whole, and knows the whole where it can", async () => {
  for (const [source, total] of [
    [new Blob([BOM]), BOM.length],
    [BOM, BOM.length],
    [ReadableStream.from(chunks([10_000])), undefined],
  ]) {
    const seen = [];
    await newGate().loadBom(source, { onProgress: (progress) => seen.push(progress) });
    assert.ok(seen.length > 1);
    assert.ok(
      seen.every((progress, index) => progress.total === total && progress.loaded > (seen[index - 1]?.loaded ?? 0)),
    );
    assert.equal(seen.at(-1).loaded, BOM.length);
  }
});

test("the length that a response claims is the whole, unless its body is encoded", async () => {
  const headers = { "content-length": String(BOM.length) };
  for (const [encoding, total] of [
    [{}, BOM.length],
    [{ "content-encoding": "gzip" }, undefined],
  ]) {
    let last;
    const response = new Response(BOM, { headers: { ...headers, ...encoding } });
    await newGate().loadBom(response, { onProgress: (progress) => (last = progress) });
    assert.deepEqual(last, { loaded: BOM.length, total });
  }
});

test("an aborted load ends with the signal's reason and leaves the BOM before it in force", async () => {
  const gate = newGate();
  await gate.loadBom(BOM);
  const controller = new AbortController();
  const reason = new Error("enough");
  let cancelled;
  const stream = new ReadableStream({
    start: (stream) => stream.enqueue(bytesOf(bomOf(["other.png"])).subarray(0, 50)),
    cancel: (why) => (cancelled = why),
  });
  const loading = gate.loadBom(stream, {
    signal: controller.signal,
    onProgress: () => queueMicrotask(() => controller.abort(reason)),
  });
  await assert.rejects(loading, (error) => error === reason);
  assert.equal(cancelled, reason);
  assert.equal(gate.check(submission(), { now: NOW }).decision, "accept");
});

test("a signal that is aborted already reads nothing", async () => {
  let pulls = 0;
  const stream = new ReadableStream({ pull: () => void (pulls += 1) }, { highWaterMark: 0 });
  await assert.rejects(newGate().loadBom(stream, { signal: AbortSignal.abort() }), { name: "AbortError" });
  assert.equal(pulls, 0);
});

test("a BOM that cannot be read is refused, and the BOM before it stays in force", async () => {
  const gate = newGate();
  await gate.loadBom(BOM);
  const broken = {
    "cut off": BOM.subarray(0, 5000),
    "another format": bytesOf({ spdxVersion: "SPDX-2.3" }),
    "an impossible hash": bytesOf({
      ...bomOf([]),
      components: [{ type: "file", name: "a", hashes: [{ alg: "SHA-256", content: "00" }] }],
    }),
  };
  for (const source of Object.values(broken)) await assert.rejects(gate.loadBom(source), ours("bom"));
  assert.equal(gate.check(submission(), { now: NOW }).decision, "accept");
});

test("the error page of a server is not taken for a BOM", async () => {
  const response = new Response("{}", { status: 404 });
  await assert.rejects(newGate().loadBom(response), ours("http", /answered 404/));
});

test("what is no source is a wrong call, and so are chunks that are no bytes", async () => {
  for (const source of [undefined, null, 7, {}, ["a"], new Date(0)]) {
    await assert.rejects(newGate().loadBom(source), ours("usage", /^the source must be/));
  }
  await assert.rejects(newGate().loadBom(ReadableStream.from(["text"])), ours("usage", /chunks must be bytes/));
});

test("what the source throws comes through", async () => {
  const reason = new Error("disk on fire");
  const stream = new ReadableStream({ pull: (stream) => stream.error(reason) });
  await assert.rejects(newGate().loadBom(stream), (error) => error === reason);
});

test("one BOM at a time: a second load is refused while the first runs", async () => {
  const gate = newGate();
  const first = gate.loadBom(BOM);
  await assert.rejects(gate.loadBom(BOM), ours("busy"));
  assert.equal((await first).items, NAMES.length);
  assert.equal((await gate.loadBom(BOM)).items, NAMES.length);
});

test("a gate that is freed while it loads says so", async () => {
  const gate = newGate();
  const loading = gate.loadBom(BOM);
  gate.free();
  await assert.rejects(loading, ours("freed"));
});
