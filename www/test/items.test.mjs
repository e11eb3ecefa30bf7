import assert from "node:assert/strict";
import { cp, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { fileURLToPath } from "node:url";
import { text } from "../text.js";
import { launch, open, textOf } from "./browser.mjs";
import { serve } from "./server.mjs";

const SAMPLE = fileURLToPath(new URL("../sample/", import.meta.url));

let browser;
let server;
let page;
before(async () => {
  browser = await launch();
  server = await serve();
  page = await open(browser, server.url);
});
after(async () => {
  await browser.close();
  await server.end();
});

async function tally() {
  const counts = await page.locator("#items-result .tally > div").evaluateAll((parts) =>
    parts.map((part) => [part.classList[1], Number(part.dataset.count)]));
  return Object.fromEntries(counts);
}

async function rowOf(name) {
  const row = page.locator("#items-result tbody tr", { has: page.getByRole("rowheader", { name, exact: true }) });
  return { status: await row.getAttribute("data-status"), digests: await row.locator(".digest").innerText() };
}

const isShown = () => page.waitForSelector("#items-result:not([hidden])");

test("the sample is verified, and its BOM is called what it is", async () => {
  await page.click("#items-sample");
  await isShown();
  assert.deepEqual(await tally(), { listed: 20, altered: 0, missing: 0, extra: 0 });
  assert.equal(await textOf(page, "#items-note"), text.items.allGood);
  assert.match(await textOf(page, ".trust"), /unsigned: for development only/i);
  const bom = JSON.parse(await readFile(join(SAMPLE, "bom.json"), "utf8"));
  for (const { name, hashes } of bom.components[0].components) {
    assert.deepEqual(await rowOf(name), { status: "listed", digests: `sha256:${hashes[0].content}` });
  }
});

test("a folder with an altered, a missing and an extra file is told apart", async () => {
  const folder = await mkdtemp(join(tmpdir(), "labelgate-items-"));
  await cp(join(SAMPLE, "items"), folder, { recursive: true });
  await cp(join(SAMPLE, "bom.json"), join(folder, "bom.json"));
  const altered = await readFile(join(folder, "note-1.txt"));
  altered[5] ^= 1;
  await writeFile(join(folder, "note-1.txt"), altered);
  await rm(join(folder, "drawing-03.svg"));
  await writeFile(join(folder, "stranger.txt"), "nobody listed this\n");
  await page.setInputFiles("#items-folder", folder);
  await page.waitForSelector("#items-result tr[data-status=altered]");
  assert.deepEqual(await tally(), { listed: 18, altered: 1, missing: 1, extra: 1 });
  assert.equal((await rowOf("drawing-03.svg")).status, "missing");
  assert.equal((await rowOf("stranger.txt")).status, "extra");
  const { status, digests } = await rowOf("note-1.txt");
  const published = JSON.parse(await readFile(join(SAMPLE, "bom.json"), "utf8")).components[0].components
    .find(({ name }) => name === "note-1.txt").hashes[0].content;
  assert.equal(status, "altered");
  assert.match(digests, new RegExp(`published: sha256:${published}`));
  assert.match(digests, /found: sha256:[0-9a-f]{64}/);
  await rm(folder, { recursive: true });
});

/** Drops files on the page as a person would, from names and contents. */
async function drop(files) {
  const transfer = await page.evaluateHandle((given) => {
    const data = new DataTransfer();
    for (const [name, content] of Object.entries(given)) data.items.add(new File([content], name));
    return data;
  }, files);
  await page.dispatchEvent("body", "drop", { dataTransfer: transfer });
}

const fish = () => readFile(join(SAMPLE, "items/drawing-04.svg"), "utf8");
const bom = () => readFile(join(SAMPLE, "bom.json"), "utf8");

test("files can be dropped first and their BOM after", async () => {
  await page.reload();
  await page.waitForSelector("html[data-gate=ready]");
  await drop({ "drawing-04.svg": await fish() });
  await page.waitForFunction((said) => document.getElementById("items-note").textContent === said,
    text.items.needBom.replace("{count}", "1"));
  await drop({ "pets.cdx.json": await bom() });
  await isShown();
  assert.deepEqual(await tally(), { listed: 1, altered: 0, missing: 19, extra: 0 });
});

test("the same bytes under another name are not called missing", async () => {
  await drop({ "bom.json": await bom(), "renamed.svg": await fish() });
  await page.waitForSelector("#items-result tbody tr >> text=renamed.svg");
  assert.equal((await rowOf("renamed.svg")).status, "listed");
  assert.equal((await tally()).missing, 19);
});

test("a BOM that cannot be read is refused in plain words, with the place", async () => {
  const broken = (await bom()).replace('"version": 1', '"version": 1,,');
  await drop({ "bom.json": broken, "drawing-04.svg": await fish() });
  await page.waitForSelector("#items-note.error");
  assert.match(await textOf(page, "#items-note"), /^This BOM cannot be read: .*byte \d+/);
  assert.equal(await page.locator("#items-result").isVisible(), false);
});

test("a BOM that says its list is not complete is not taken for a proof", async () => {
  const incomplete = (await bom()).replace('"complete"', '"incomplete"');
  await drop({ "bom.json": incomplete, "drawing-04.svg": await fish(), "stranger.txt": "x" });
  await isShown();
  assert.deepEqual(await tally(), { listed: 1, altered: 0, missing: 19, extra: 1 });
  assert.match(await textOf(page, ".trust"), /held, not refused/);
});

test("hashing shows its progress and can be stopped", async () => {
  const shown = await page.evaluate(async (list) => {
    const speed = document.getElementById("items-speed");
    const stopped = new Promise((resolve) => {
      const observer = new MutationObserver(() => {
        if (speed.textContent === "") return;
        observer.disconnect();
        document.getElementById("items-stop").click();
        resolve({ said: speed.textContent, bar: document.getElementById("items-bar").value });
      });
      observer.observe(speed, { childList: true });
    });
    const data = new DataTransfer();
    const piece = new Uint8Array(16 * 1024 * 1024);
    data.items.add(new File([list], "bom.json"));
    // Many times what is hashed between two looks at the stop button.
    data.items.add(new File(Array.from({ length: 8 }, () => piece), "large.bin"));
    dispatchEvent(new DragEvent("drop", { dataTransfer: data, cancelable: true }));
    return stopped;
  }, await bom());
  assert.match(shown.said, /of 134 MB, .*\/s$/);
  assert.ok(shown.bar > 0 && shown.bar < 1, String(shown.bar));
  await page.waitForSelector("#items-progress", { state: "hidden" });
  assert.equal(await textOf(page, "#items-note"), text.items.stopped);
  assert.deepEqual(page.complaints, []);
});
