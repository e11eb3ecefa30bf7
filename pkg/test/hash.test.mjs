/* Hashing bytes at hand: every way gives the bytes of node:crypto, whichever it takes. */
import { test } from "node:test";
import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { createHash } from "node:crypto";
import { Gate, Hasher, hash, hashMany, hashPacked, loadMore } from "labelgate";
import { Slice } from "../lib/lanes.js";
import { provideRuntime } from "../lib/hash.js";
import { LENGTHS, bytes, pack } from "./support/messages.js";

const expected = (message, algorithm = "sha256") => `${algorithm}:${createHash(algorithm).update(message).digest("hex")}`;
const hex = (digests) => Array.from({ length: digests.length / 32 }, (_, n) => `sha256:${Buffer.from(digests.slice(32 * n, 32 * n + 32)).toString("hex")}`);
const messages = LENGTHS.map((length, n) => bytes(length, n));

// The crossovers differ from runtime to runtime, so each sends other lengths another way.
for (const runtime of ["browser", "workerd", "node"]) {
  test(`lanes, stream and WebCrypto give the same digests by the crossovers of ${runtime}`, async () => {
    provideRuntime(runtime);
    const wanted = messages.map((message) => expected(message));
    assert.deepEqual(await hashMany(messages), wanted);
    assert.deepEqual(hex(await hashPacked(...pack(messages))), wanted);
    assert.deepEqual(await Promise.all(messages.map((message) => hash(message))), wanted);
    for (const [n, message] of messages.entries()) {
      assert.equal(new Hasher().update(message).digest(), wanted[n]);
    }
  });
}

test("without WebCrypto, as in a page over plain HTTP, the digests are the same", async (t) => {
  const { subtle } = globalThis.crypto;
  Object.defineProperty(globalThis.crypto, "subtle", { value: undefined, configurable: true });
  t.after(() => Object.defineProperty(globalThis.crypto, "subtle", { value: subtle, configurable: true }));
  const long = [bytes(262_144), bytes(262_145), bytes(1_000_000), ...messages];
  const wanted = long.map((message) => expected(message));
  assert.deepEqual(await hashMany(long), wanted);
  assert.deepEqual(hex(await hashPacked(...pack(long))), wanted);
  assert.deepEqual(await Promise.all(long.map((message) => hash(message))), wanted);
});

test("memory that threads share is hashed too, which WebCrypto refuses", async () => {
  const shared = new Uint8Array(new SharedArrayBuffer(300_000));
  shared.set(bytes(300_000));
  const own = shared.slice();
  assert.equal(await hash(shared), expected(own));
  assert.deepEqual(await hashMany([shared, shared.subarray(5)]), [expected(own), expected(own.subarray(5))]);
});

test("the lanes alone, many slices of many messages", () => {
  const many = Array.from({ length: 7000 }, (_, n) => bytes((n * 37) % 300, n));
  const digests = new Uint8Array(32 * many.length);
  const slice = new Slice(digests);
  for (const [place, message] of many.entries()) {
    if (slice.isFullFor(message.length)) slice.end();
    slice.add(place, message);
  }
  slice.end();
  assert.deepEqual(hex(digests), many.map((message) => expected(message)));
});

test("batches at once do not disturb one another, nor a gate's hasher between them", async () => {
  const batches = [0, 1, 2, 3].map((seed) => Array.from({ length: 5000 }, (_, n) => bytes((n * 13 + seed) % 900, seed)));
  const hasher = new Hasher();
  hasher.update(bytes(10));
  const digests = await Promise.all(batches.map((batch) => hashMany(batch)));
  hasher.update(bytes(20));
  assert.equal(hasher.digest(), expected(Buffer.concat([bytes(10), bytes(20)])));
  for (const [n, batch] of batches.entries()) {
    assert.deepEqual(digests[n], batch.map((message) => expected(message)));
  }
});

test("workers give the same digests, and none is left to keep the process alive", async () => {
  const many = [...messages, ...Array.from({ length: 40_000 }, (_, n) => bytes(n % 200, n)), bytes(3_000_000)];
  const wanted = many.map((message) => expected(message));
  assert.deepEqual(await hashMany(many, { workers: 2 }), wanted);
  assert.deepEqual(hex(await hashPacked(...pack(many), { workers: 3 })), wanted);
  assert.deepEqual(await hashMany([], { workers: 2 }), []);
});

test("text is hashed as UTF-8, and half a surrogate pair is refused", async () => {
  assert.equal(await hash("žluťoučký"), expected("žluťoučký"));
  assert.deepEqual(await hashMany(["a", new ArrayBuffer(3), ""]), [expected("a"), expected(new Uint8Array(3)), expected("")]);
  await assert.rejects(hash("half \uD83D"), { code: "usage" });
});

test("no messages have no digests", async () => {
  assert.deepEqual(await hashMany([]), []);
  assert.equal((await hashPacked(new Uint8Array(), new Uint32Array())).length, 0);
});

test("wrong calls say what is expected", async () => {
  const three = new Uint8Array(3);
  for (const [call, message] of [
    [() => hash(7), /Uint8Array/],
    [() => hash(three, { algorithm: "md5" }), /one of sha256/],
    [() => hashMany([three, null]), /Uint8Array/],
    [() => hashPacked(three, [3]), /Uint32Array/],
    [() => hashPacked(three, Uint32Array.of(2, 1, 3)), /below the one before/],
    [() => hashPacked(three, Uint32Array.of(4)), /end where the bytes end/],
    [() => hashPacked(three, new Uint32Array()), /end where the bytes end/],
    [() => hashPacked(three, Uint32Array.of(3), { workers: -1 }), /workers/],
  ]) {
    await assert.rejects(call, { code: "usage", message });
  }
});

test("SHA-384 and SHA-512 go by the same dispatch", async () => {
  for (const algorithm of ["sha384", "sha512"]) {
    const wanted = messages.map((message) => expected(message, algorithm));
    assert.deepEqual(await hashMany(messages, { algorithm }), wanted);
  }
});

test("before loadMore, a hasher of SHA-3 says what to do; a digest of it loads the module by itself", () => {
  const script = `
    import { Gate, Hasher, hash, loadMore } from "labelgate";
    try { new Hasher("sha3-256"); } catch ({ code, message }) { console.log(code, message); }
    console.log(await hash("abc", { algorithm: "sha3-256" }));
    console.log(new Hasher("sha3-256").update(new TextEncoder().encode("abc")).digest());`;
  const printed = execFileSync(process.execPath, ["--input-type=module", "--eval", script], {
    cwd: new URL(".", import.meta.url),
    encoding: "utf8",
  });
  const digest = createHash("sha3-256").update("abc").digest("hex");
  assert.equal(
    printed,
    `not-loaded call \`await loadMore()\` before hashing with sha3-256\nsha3-256:${digest}\nsha3-256:${digest}\n`,
  );
});

test("SHA-3 and BLAKE2b are what OpenSSL says, in one piece and in many", async () => {
  await loadMore();
  for (const [algorithm, theirs] of [
    ["sha3-256", "sha3-256"],
    ["sha3-384", "sha3-384"],
    ["sha3-512", "sha3-512"],
    ["blake2b-512", "blake2b512"],
  ]) {
    for (const message of messages) {
      const wanted = `${algorithm}:${createHash(theirs).update(message).digest("hex")}`;
      assert.equal(await hash(message, { algorithm }), wanted);
      const hasher = new Hasher(algorithm);
      for (let start = 0; start < message.length; start += 97) hasher.update(message.subarray(start, start + 97));
      assert.equal(hasher.digest(), wanted);
      assert.equal(await hasher.hash(new Blob([message])), wanted);
    }
  }
});

test("an engine without SIMD gets a module without it, and the same digests", () => {
  const script = `
    import { Gate, Hasher, hash, hashMany, loadMore } from "labelgate";
    import { supportsSimd } from "labelgate/slim";
    console.log(supportsSimd());
    console.log(new Hasher().update(new TextEncoder().encode("abc")).digest());
    console.log((await hashMany(["", "abc", "abc"])).join());
    await loadMore().catch(({ code }) => console.log(code));`;
  const run = (...flags) =>
    execFileSync(process.execPath, [...flags, "--input-type=module", "--eval", script], {
      cwd: new URL(".", import.meta.url),
      encoding: "utf8",
    });
  const abc = expected("abc");
  const digests = `${abc}\n${[expected(""), abc, abc].join()}\n`;
  assert.equal(run(), `true\n${digests}`);
  // V8's SIMD needs SSE 4.1; without it, it is an engine without.
  if (process.arch === "x64") assert.equal(run("--no-enable-sse4-1"), `false\n${digests}not-loaded\n`);
});

test("ends that the caller uses again at once change neither the digests nor the module", async () => {
  const content = new Uint8Array(3000).fill(0x41);
  const ends = Uint32Array.of(1000, 2000, 3000);
  const digests = hashPacked(content, ends);
  ends.fill(0);
  const thousand = expected(content.subarray(0, 1000));
  assert.deepEqual(hex(await digests), [thousand, thousand, thousand]);
  assert.equal(await hash(content), expected(content));
});

test("a slice writes nothing outside its room, whatever length it is told", () => {
  const slice = new Slice(new Uint8Array(32));
  slice.addEnd(0, 8);
  assert.throws(() => slice.copyRun(new Uint8Array(300)), RangeError);
  slice.copyRun(new Uint8Array(8));
  slice.end();
});

test("where errors cannot be given a code, one that is thrown leaves the gate as it was", async () => {
  const gate = new Gate({ bom: { trust: "none" } });
  Object.defineProperty(Error.prototype, "code", { get() {}, configurable: true });
  try {
    assert.throws(() => gate.restore(Uint8Array.of(1, 2, 3)));
  } finally {
    delete Error.prototype.code;
  }
  assert.equal(gate.check("{}").decision, "reject");
});
