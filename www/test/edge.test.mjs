import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { existsSync } from "node:fs";
import { cp, mkdtemp, rm, writeFile } from "node:fs/promises";
import { createServer } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { after, before, test } from "node:test";
import { fileURLToPath } from "node:url";
import { drawings } from "../sample/drawings.mjs";
import { texts } from "../sample/texts.mjs";
import { text } from "../text.js";
import { beginLabelling, launch, open, textOf, untilAnswered } from "./browser.mjs";
import { DIST, serve } from "./server.mjs";

const ANSWERS = { ...drawings, ...texts };
const EDGE = fileURLToPath(new URL("../../edge/", import.meta.url));
const noEdge = existsSync(join(EDGE, "node_modules/miniflare")) && existsSync(join(EDGE, "dev.mjs"))
  ? false
  : "edge/ is not installed; run `npm ci` there";

let browser;
before(async () => {
  browser = await launch();
});
after(() => browser.close());

const statusSays = (page, words) =>
  page.waitForFunction((said) => document.getElementById("edge-status").textContent === said, words);

test("served by a plain file server, the page says that it runs alone and goes on", async () => {
  const server = await serve();
  const page = await open(browser, server.url, { clock: new Date() });
  await beginLabelling(page);
  assert.ok(!page.requested.some((url) => url.includes("healthz")), "nobody is asked before the reader wants it");
  await page.click("#edge-switch");
  await statusSays(page, text.edge.alone);
  assert.equal(await page.isChecked("#edge-switch"), false);
  await page.focus("#label-item");
  await page.clock.fastForward(4_000);
  await page.keyboard.press("1");
  await untilAnswered(page, 1);
  assert.ok(!page.requested.some((url) => url.includes("/v1/")));
  await page.context().close();
  await server.end();
});

test("a server that answers every address with a page is not taken for an edge", async () => {
  const server = createServer((_, response) => response.writeHead(200, { "content-type": "text/html" }).end("<p>hello</p>"));
  await new Promise((resolve) => server.listen(0, "127.0.0.1", resolve));
  const files = await serve();
  const page = await open(browser, files.url);
  await page.route("**/healthz", (route) => route.continue({ url: `http://127.0.0.1:${server.address().port}/healthz` }));
  await beginLabelling(page);
  await page.click("#edge-switch");
  await statusSays(page, text.edge.alone);
  await page.context().close();
  await files.end();
  server.close();
  server.closeAllConnections();
});

test("served by the edge worker, each answer is posted and the edge's verdict is shown", { skip: noEdge }, async () => {
  const backend = await startBackend();
  const edge = await startEdge(backend.url);
  try {
    const page = await open(browser, `${edge.url}/#edge`, { clock: new Date() });
    await statusSays(page, text.edge.on);
    assert.deepEqual(page.complaints, []);
    await beginLabelling(page);
    const name = await page.getAttribute("#label-item", "data-item");
    await page.clock.fastForward(4_000);
    await page.click(`#label-answers button[data-label=${ANSWERS[name].answer}]`);
    await page.waitForSelector("#edge-answer[data-decision=accept]");
    assert.match(await textOf(page, "#edge-answer"), /^The edge says: accepted/);
    assert.equal(backend.taken.length, 1);
    assert.ok(JSON.stringify(backend.taken[0]).includes(name));
    await page.click("#trick-alter");
    await page.waitForFunction(() => document.getElementById("label-altered").textContent.startsWith("Byte "));
    await page.click("#label-answers button");
    await page.waitForSelector("#edge-answer[data-decision=reject]");
    assert.match(await textOf(page, "#edge-answer"), /Found sha256:[0-9a-f]{64} Expected sha256:[0-9a-f]{64}/);
    const answered = await page.locator("#edge-answer").innerHTML();
    assert.doesNotMatch(answered, /wealth|threshold/i);
    assert.equal(backend.taken.length, 1, "what was refused does not reach the backend");
    await page.context().close();
  } finally {
    await edge.end();
    await backend.end();
  }
});

test("an edge that goes away is told of, and the page goes on", { skip: noEdge }, async () => {
  const backend = await startBackend();
  const edge = await startEdge(backend.url);
  const page = await open(browser, `${edge.url}/#edge`, { clock: new Date() });
  await statusSays(page, text.edge.on);
  await beginLabelling(page);
  await edge.end();
  await backend.end();
  await page.clock.fastForward(4_000);
  await page.keyboard.press("1");
  await page.waitForSelector("#edge-answer[data-decision=unreachable]");
  assert.equal(await textOf(page, "#edge-answer"), text.edge.unreachable);
  assert.equal(await page.locator("#annotator-view .decision.accept").count(), 1);
  await page.context().close();
});

/** A backend that keeps what it is sent. */
async function startBackend() {
  const taken = [];
  const server = createServer(async (request, response) => {
    const pieces = [];
    for await (const piece of request) pieces.push(piece);
    taken.push(JSON.parse(Buffer.concat(pieces).toString()));
    response.writeHead(201, { "content-type": "application/json" }).end("{}");
  });
  await new Promise((resolve) => server.listen(0, "127.0.0.1", resolve));
  return {
    taken,
    url: `http://127.0.0.1:${server.address().port}/v1/labels`,
    end: () => new Promise((resolve) => {
      server.close(resolve);
      server.closeAllConnections();
    }),
  };
}

/** edge/dev.mjs with the sample's BOM, serving the page. */
async function startEdge(backend) {
  const data = await mkdtemp(join(tmpdir(), "labelgate-edge-"));
  await cp(join(DIST, "sample/bom.json"), join(data, "bom.json"));
  const policy = { bom: { trust: "unsigned-for-development" }, label: { kind: "class", classes: ["bird", "cat", "fish", "snail"] } };
  await writeFile(join(data, "policy.json"), JSON.stringify(policy));
  const child = spawn(process.execPath,
    [join(EDGE, "dev.mjs"), "--port=0", `--backend=${backend}`, `--data=${data}`, `--www=${DIST}`],
    { stdio: ["ignore", "pipe", "inherit"] });
  const ended = new Promise((resolve) => child.once("exit", resolve));
  const url = await new Promise((resolve, reject) => {
    createInterface(child.stdout).on("line", (line) => {
      const ready = /^ready (\S+)$/.exec(line)?.[1];
      if (ready !== undefined) resolve(ready);
    });
    ended.then((code) => reject(new Error(`edge/dev.mjs ended with ${code}`)));
  });
  return {
    url,
    end: async () => {
      child.kill("SIGTERM");
      await ended;
      await rm(data, { recursive: true, force: true });
    },
  };
}
