import assert from "node:assert/strict";
import { once } from "node:events";
import net from "node:net";
import { after, before, describe, test } from "node:test";

import { answer, newLab } from "./support/lab.mjs";
import { residentBytes, workerdId } from "./support/processes.mjs";

const MIB = 1024 * 1024;
const SIZE = 50 * MIB;

// What may be under way in sockets and streams between the sender and the point where the worker stops reading.
const MOST_SENT = 12 * MIB;
// Half of what was sent: a worker that buffers cannot stay under it.
const MOST_GROWTH = SIZE / 2;

describe("a submission of 50 MB", () => {
  let lab;
  before(async () => {
    lab = await newLab();
    await lab.send(answer({ id: "s-1" }));
  });
  after(() => lab.close());

  test("is refused by its announced length, with none of it read", async () => {
    const { answered, sent } = await upload(lab.url, "application/json", `content-length: ${SIZE}`, plain);
    assert.match(answered, /^HTTP\/1.1 413 /);
    assert.match(answered, /"code":"too-large"/);
    assert.ok(sent < MOST_SENT, `took ${sent} bytes`);
  });

  test("is refused without an announced length once it is over the bound, and not buffered", async () => {
    const workerd = workerdId();
    const memory = residentBytes(workerd);
    const { answered, sent } = await upload(lab.url, "application/json", "transfer-encoding: chunked", chunked);
    assert.match(answered, /^HTTP\/1.1 413 /);
    assert.match(answered, /"code":"too-large"/);
    assert.ok(sent < MOST_SENT, `took ${sent} bytes`);
    assert.ok(residentBytes(workerd) - memory < MOST_GROWTH);
  });

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

/** Sends 50 MB over a socket for as long as the other side takes it; stops at the answer. */
async function upload(url, kind, length, frame) {
  const { hostname, port, host } = new URL(url);
  const socket = net.connect(Number(port), hostname);
  await once(socket, "connect");
  const received = [];
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
  });
  socket.write(`POST /v1/submissions HTTP/1.1\r\nhost: ${host}\r\ncontent-type: ${kind}\r\n${length}\r\n\r\n`);
  const piece = frame(Buffer.alloc(64 * 1024, "x"));
  let sent = 0;
  let hasEnded = false;
  void ended.then(() => (hasEnded = true));
  while (!hasEnded && sent < SIZE) {
    const isRoom = socket.write(piece);
    sent += piece.length;
    if (!isRoom) {
      await Promise.race([once(socket, "drain").catch(() => undefined), ended]);
    }
  }
  await ended;
  socket.destroy();
  return { answered: Buffer.concat(received).toString(), sent };
}

const plain = (piece) => piece;

const chunked = (piece) => Buffer.concat([Buffer.from(`${piece.length.toString(16)}\r\n`), piece, Buffer.from("\r\n")]);
