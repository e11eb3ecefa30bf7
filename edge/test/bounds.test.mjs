import assert from "node:assert/strict";
import { once } from "node:events";
import net from "node:net";
import { after, before, describe, test } from "node:test";

import { answer, newLab, openLab } from "./support/lab.mjs";
import { residentBytes, workerdId } from "./support/processes.mjs";

const MIB = 1024 * 1024;
const SIZE = 50 * MIB;
/** The default policy's bound of one submission. */
const BOUND = 256 * 1024;
const ANNOUNCED = `content-length: ${SIZE}`;
const CHUNKED = "transfer-encoding: chunked";

// What may be under way in sockets and streams between the sender and the point where the worker stops reading.
const MOST_SENT = 12 * MIB;
// Three quarters of what was sent: a worker that buffers cannot stay under it, and one on a busy machine collects late.
const MOST_GROWTH = (SIZE * 3) / 4;

describe("a submission of 50 MB", () => {
  let lab;
  before(async () => {
    lab = await newLab();
    await lab.send(answer({ id: "s-1" }));
  });
  after(() => lab.close());

  test("is refused by its announced length before any of it is sent", async () => {
    const { answered } = await upload(lab.url, { length: ANNOUNCED, size: 0 });
    assert.match(answered, /^HTTP\/1.1 413 /);
    assert.match(answered, /"code":"too-large"/);
  });

  test("is refused without an announced length as soon as it is over the bound, though it goes on", async () => {
    const { answered } = await upload(lab.url, { length: CHUNKED, size: BOUND + 1 });
    assert.match(answered, /^HTTP\/1.1 413 /);
    assert.match(answered, /"code":"too-large"/);
  });

  for (const length of [ANNOUNCED, CHUNKED]) {
    test(`is not taken from a sender who sends on regardless (${length}), and not buffered`, async () => {
      const workerd = workerdId();
      const memory = residentBytes(workerd);
      const { answered, sent } = await upload(lab.url, { length, size: SIZE });
      // A close with bytes on their way can overtake the answer; TCP promises a busy sender no more.
      assert.ok(answered === "" || answered.startsWith("HTTP/1.1 413 "), answered);
      assert.ok(sent < MOST_SENT, `took ${sent} bytes`);
      assert.ok(residentBytes(workerd) - memory < MOST_GROWTH);
    });
  }

  test("as one line of a stream is read past, not buffered, and the next line is answered", async () => {
    const workerd = workerdId();
    const memory = residentBytes(workerd);
    let peak = memory;
    const next = `\n${JSON.stringify(answer({ id: "s-2", item: 1 }))}\n`;
    async function* body() {
      const piece = Buffer.alloc(MIB, "x");
      for (let at = 0; at < SIZE; at += piece.length) {
        yield piece;
        peak = Math.max(peak, residentBytes(workerd));
      }
      yield Buffer.from(next);
    }
    const response = await fetch(`${lab.url}/v1/submissions`, {
      method: "POST",
      headers: { "content-type": "application/x-ndjson" },
      body: body(),
      duplex: "half",
    });
    const lines = (await response.text()).trimEnd().split("\n").map((line) => JSON.parse(line));
    assert.deepEqual([lines[0].code, lines[1].submission, lines.length], ["too-large", "s-2", 2]);
    assert.ok(peak - memory < MOST_GROWTH, `grew by ${peak - memory} bytes`);
  });

  test("leaves the worker as it was", async () => {
    const { status } = await lab.send(answer({ id: "s-3", item: 2 }));
    assert.equal(status, 200);
  });
});

describe("a body in 50,000 chunks of one byte", () => {
  const COUNT = 50_000;
  // One buffer, and the chunks that wait to be collected. A worker that keeps each of them grows by 200 MiB.
  const MOST_HELD = 100 * MIB;

  for (const kind of ["application/json", "application/x-ndjson"]) {
    test(`is accepted, and its chunks are not kept (${kind})`, async (t) => {
      // It takes seconds. The clock of the tests is in this process, which closes what is idle that long.
      const lab = await openLab(t, {
        edge: { clock: undefined },
        documents: { "policy.json": '{"bom":{"trust":"none"}}' },
      });
      assert.equal((await fetch(`${lab.url}/healthz`)).status, 200);
      const sent = JSON.stringify(answer({ id: "s-2", endedMs: Date.now() - 1000 }));
      const workerd = workerdId();
      const memory = residentBytes(workerd);
      let peak = memory;
      const watch = setInterval(() => (peak = Math.max(peak, residentBytes(workerd))), 10);
      const text = await postInBytes(lab.url, kind, sent.padStart(COUNT, " ")).finally(() => clearInterval(watch));
      assert.match(text, /^HTTP\/1.1 200 /);
      assert.match(text, /"decision":"accept","submission":"s-2"/);
      assert.ok(peak - memory < MOST_HELD, `grew by ${peak - memory} bytes`);
    });
  }
});

/** Posts a body in chunks of one byte each, and gives the answer as it came. */
async function postInBytes(url, kind, body) {
  const { hostname, port, host } = new URL(url);
  const socket = net.connect(Number(port), hostname);
  const head = `POST /v1/submissions HTTP/1.1\r\nhost: ${host}\r\nconnection: close\r\ncontent-type: ${kind}\r\n`;
  socket.write(`${head}${CHUNKED}\r\n\r\n`);
  socket.write(Array.from(body, (unit) => `1\r\n${unit}\r\n`).join("") + "0\r\n\r\n");
  let text = "";
  for await (const data of socket) {
    text += data;
  }
  return text;
}

/** Sends the beginning of a body, for as long as the other side takes it, and waits for the answer. */
async function upload(url, { length, size }) {
  const { hostname, port, host } = new URL(url);
  const socket = net.connect(Number(port), hostname);
  await once(socket, "connect");
  const received = [];
  let hasEnded = false;
  const ended = new Promise((resolve) => {
    socket.on("error", resolve);
    socket.on("close", resolve);
    socket.on("data", (data) => {
      received.push(data);
      // Headers and a short body come in one piece or two; the brace ends the problem document.
      if (Buffer.concat(received).includes("}")) {
        resolve();
      }
    });
  }).then(() => (hasEnded = true));
  socket.write(
    `POST /v1/submissions HTTP/1.1\r\nhost: ${host}\r\ncontent-type: application/json\r\n${length}\r\n\r\n`,
  );
  let sent = 0;
  while (!hasEnded && sent < size) {
    const piece = Buffer.alloc(Math.min(64 * 1024, size - sent), "x");
    const isRoom = socket.write(length === CHUNKED ? asChunk(piece) : piece);
    sent += piece.length;
    if (!isRoom) {
      await Promise.race([once(socket, "drain").catch(() => undefined), ended]);
    }
  }
  await ended;
  socket.destroy();
  return { answered: Buffer.concat(received).toString(), sent };
}

function asChunk(piece) {
  return Buffer.concat([Buffer.from(`${piece.length.toString(16)}\r\n`), piece, Buffer.from("\r\n")]);
}
