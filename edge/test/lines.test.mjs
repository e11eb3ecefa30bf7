import assert from "node:assert/strict";
import { test } from "node:test";
import { fileURLToPath } from "node:url";
import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";

import { build } from "esbuild";

const bundle = await build({
  entryPoints: [fileURLToPath(new URL("../src/lines.ts", import.meta.url))],
  write: false,
  format: "esm",
});
const source = Buffer.from(bundle.outputFiles[0].contents).toString("base64");
const { splitLines, readBounded, trimmed } = await import(`data:text/javascript;base64,${source}`);

const encode = (text) => new TextEncoder().encode(text);
const decode = (bytes) => new TextDecoder().decode(bytes);

function streamOf(chunks) {
  return new ReadableStream({
    pull(controller) {
      const chunk = chunks.shift();
      return chunk === undefined ? controller.close() : controller.enqueue(encode(chunk));
    },
  });
}

async function linesOf(chunks, maxBytes) {
  const lines = [];
  for await (const line of splitLines(streamOf(chunks), maxBytes)) {
    lines.push("bytes" in line ? decode(line.bytes) : line);
  }
  return lines;
}

const TEXT = "one\n\ntwo ü\r\n   \nsixteen bytes it\nseventeen bytesit\nlast";
const LINES = ["one", "two ü\r", "sixteen bytes it", { tooLong: true }, "last"];

test("lines are the same wherever the chunks end", async () => {
  const bytes = encode(TEXT);
  for (let first = 0; first <= bytes.length; first += 1) {
    for (let second = first; second <= bytes.length; second += 7) {
      const chunks = [bytes.subarray(0, first), bytes.subarray(first, second), bytes.subarray(second)];
      const stream = new ReadableStream({
        start(controller) {
          chunks.forEach((chunk) => controller.enqueue(chunk));
          controller.close();
        },
      });
      const lines = [];
      for await (const line of splitLines(stream, 16)) {
        lines.push("bytes" in line ? decode(line.bytes) : line);
      }
      assert.deepEqual(lines, LINES, `chunks end at ${first} and ${second}`);
    }
  }
});

test("a line of exactly the bound is taken, one byte more is too long, whether or not it ends", async () => {
  assert.deepEqual(await linesOf(["abcd\nabcde\nabcd"], 4), ["abcd", { tooLong: true }, "abcd"]);
  assert.deepEqual(await linesOf(["ab", "cd", "e"], 4), [{ tooLong: true }]);
  // White space counts too: nobody may send it without end.
  assert.deepEqual(await linesOf(["     "], 4), [{ tooLong: true }]);
});

test("no bytes are no lines", async () => {
  assert.deepEqual(await linesOf([], 4), []);
  assert.deepEqual(await linesOf(["\n\n", " \r\n"], 4), []);
});

test("a body is read up to the bound, and cancelled beyond it", async () => {
  assert.equal(decode(await readBounded(streamOf(["ab", "cd"]), 4)), "abcd");
  const rest = ["ab", "cde", "never", "read"];
  assert.equal(await readBounded(streamOf(rest), 4), undefined);
  assert.ok(rest.includes("read"));
});

test("only JSON's white space is trimmed, and only at the ends", () => {
  assert.equal(decode(trimmed(encode(" \t\r\n{ } \n"))), "{ }");
  assert.equal(decode(trimmed(encode("\u00a0x"))), "\u00a0x");
  assert.equal(trimmed(encode(" \n ")).length, 0);
});

for (const [what, read] of [
  ["a line", async (stream, maxBytes) => (await splitLines(stream, maxBytes).next()).value.bytes],
  ["a body", readBounded],
]) {
  test(`${what} in pieces of one byte holds no more than twice its length, and not the pieces`, async () => {
    setFlagsFromString("--expose-gc");
    const collectGarbage = runInNewContext("gc");
    const held = () => {
      // Buffers that one collection finds are given back by the next.
      collectGarbage();
      collectGarbage();
      const { heapUsed, arrayBuffers } = process.memoryUsage();
      return { heapUsed, arrayBuffers };
    };
    const length = 250_000;
    const byteAt = (at) => 0x61 + (at % 26);
    let before;
    // A generator does for a stream here, and is much faster.
    async function* pieces() {
      for (let sent = 0; sent < length; sent += 1) {
        if (sent === 1000) {
          before = held();
        }
        if (sent > 1000 && sent % 10_000 === 0) {
          const { heapUsed, arrayBuffers } = held();
          const buffers = arrayBuffers - before.arrayBuffers;
          assert.ok(buffers <= 2 * sent, `buffers of ${buffers} bytes for ${sent}`);
          // By themselves, the pieces would be some 200 bytes each in the heap.
          const heap = heapUsed - before.heapUsed;
          assert.ok(heap < 20 * length, `${heap} bytes in the heap for ${sent}`);
        }
        yield Uint8Array.of(byteAt(sent));
      }
    }
    const bytes = await read(pieces(), 2 * length);
    assert.equal(bytes.length, length);
    assert.equal(bytes.buffer.byteLength, length, "no room to spare goes on with it");
    assert.ok(bytes.every((byte, at) => byte === byteAt(at)));
  });
}
