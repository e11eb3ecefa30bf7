/* The hasher against node:crypto. */
import { test } from "node:test";
import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { Readable } from "node:stream";
import { Gate, Hasher } from "labelgate";

const hasher = (algorithm) => new Gate().hasher(algorithm);
const expected = (algorithm, bytes) => `${algorithm}:${createHash(algorithm).update(bytes).digest("hex")}`;

/** Bytes that repeat with no period near a block's length. */
const bytes = (length) => Uint8Array.from({ length }, (_, index) => (index * 131 + (index >> 7) * 17) & 0xff);

for (const algorithm of ["sha256", "sha384", "sha512"]) {
  test(`${algorithm} of every length up to four blocks, and around the sizes we cut at`, async () => {
    const cut = 128 * 1024;
    const lengths = [...Array(520).keys(), cut - 1, cut, cut + 1, 3 * cut + 5];
    for (const length of lengths) {
      const content = bytes(length);
      assert.equal(new Hasher(algorithm).update(content).digest(), expected(algorithm, content), `${length} bytes`);
      assert.equal(await new Hasher(algorithm).hash(content), expected(algorithm, content), `${length} bytes`);
    }
  });

  test(`${algorithm} does not depend on how the content is cut`, async () => {
    const content = bytes(10_007);
    for (const size of [1, 3, 63, 64, 65, 127, 128, 129, 1000, 10_007]) {
      const chunks = Array.from({ length: Math.ceil(content.length / size) }, (_, n) =>
        content.subarray(n * size, (n + 1) * size),
      );
      const byHand = new Hasher(algorithm);
      for (const chunk of chunks) byHand.update(chunk);
      assert.equal(byHand.digest(), expected(algorithm, content));
      assert.equal(await hasher(algorithm).hash(ReadableStream.from(chunks)), expected(algorithm, content));
    }
  });
}

test("the content may come from anything that bytes come from", async () => {
  const content = bytes(300_000);
  const sources = [
    content,
    content.slice().buffer,
    new Blob([content]),
    new File([content], "f"),
    new Response(content),
    Readable.from([content]),
  ];
  for (const source of sources) assert.equal(await hasher().hash(source), expected("sha256", content));
  assert.equal(await hasher().hash("žluťoučký"), expected("sha256", "žluťoučký"));
  assert.equal(await hasher().hash(new Response(null)), expected("sha256", ""));
});

test("a text that no bytes can say is a wrong call, not another text's digest", async () => {
  await assert.rejects(hasher().hash("half \uD83D"), { code: "usage", message: /surrogate/ });
});

test("a hasher starts anew after each digest, and runs many sources at once", async () => {
  const one = new Hasher();
  one.update(bytes(10));
  assert.equal(one.digest(), expected("sha256", bytes(10)));
  assert.equal(one.digest(), expected("sha256", ""));
  const lengths = [0, 1, 100, 70_000, 200_000];
  one.update(bytes(5));
  const digests = await Promise.all(lengths.map((length) => one.hash(new Blob([bytes(length)]))));
  assert.deepEqual(
    digests,
    lengths.map((length) => expected("sha256", bytes(length))),
  );
  assert.equal(one.digest(), expected("sha256", bytes(5)));
});

test("a hasher outlives its gate", () => {
  const gate = new Gate();
  const one = gate.hasher();
  gate.free();
  assert.equal(one.update(bytes(3)).digest(), expected("sha256", bytes(3)));
});

test("progress counts up to the whole", async () => {
  const seen = [];
  await hasher().hash(new Blob([bytes(400_000)]), { onProgress: (progress) => seen.push(progress) });
  assert.ok(seen.length > 2);
  assert.ok(seen.every(({ loaded, total }, index) => total === 400_000 && loaded > (seen[index - 1]?.loaded ?? 0)));
  assert.equal(seen.at(-1).loaded, 400_000);
});

test("an aborted hash ends at once with the signal's reason, also while it waits for content", async () => {
  const controller = new AbortController();
  const reason = new Error("enough");
  const never = new ReadableStream(
    { pull: () => queueMicrotask(() => controller.abort(reason)) },
    { highWaterMark: 0 },
  );
  await assert.rejects(hasher().hash(never, { signal: controller.signal }), (error) => error === reason);
  async function* endless() {
    yield bytes(10);
    await new Promise(() => {});
  }
  const second = new AbortController();
  const hashing = hasher().hash(endless(), {
    signal: second.signal,
    onProgress: () => queueMicrotask(() => second.abort(reason)),
  });
  await assert.rejects(hashing, (error) => error === reason);
});

test("other work runs while bytes at hand are hashed", async () => {
  let turns = 0;
  let isHashing = true;
  const turn = () => {
    turns += 1;
    if (isHashing) setImmediate(turn);
  };
  setImmediate(turn);
  await hasher().hash(new Uint8Array(20 * 1024 * 1024));
  isHashing = false;
  // Four yields at least: one for every 4 MiB.
  assert.ok(turns >= 4, `${turns} turns`);
});

test("a hundred thousand small chunks are one message", async () => {
  const one = new Hasher();
  const chunk = bytes(64);
  const whole = createHash("sha256");
  for (let n = 0; n < 100_000; n += 1) {
    one.update(chunk);
    whole.update(chunk);
  }
  assert.equal(one.digest(), `sha256:${whole.digest("hex")}`);
});
