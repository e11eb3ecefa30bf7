import assert from "node:assert/strict";
import { createHash, generateKeyPairSync, sign } from "node:crypto";
import { cp, mkdir, mkdtemp, readFile, rename, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, beforeEach, test } from "node:test";
import { fileURLToPath } from "node:url";
import { signed } from "../sample/sign.mjs";
import { text } from "../text.js";
import { launch, open, textOf } from "./browser.mjs";
import { serve } from "./server.mjs";

const SAMPLE = fileURLToPath(new URL("../sample/", import.meta.url));
const SAMPLE_BOM = await readFile(join(SAMPLE, "bom.json"), "utf8");
const SAMPLE_KEY = await readFile(join(SAMPLE, "key.pub.jwk"), "utf8");
const FISH = await readFile(join(SAMPLE, "items/drawing-04.svg"), "utf8");

let browser;
let server;
let page;
before(async () => {
  browser = await launch();
  server = await serve();
});
beforeEach(async () => {
  await page?.context().close();
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
  return {
    standing: await row.getAttribute("data-status"),
    said: await row.locator("td").nth(1).innerText(),
    digests: await row.locator(".digest").innerText(),
  };
}

const isCompared = () => page.waitForSelector("#items-result:not([hidden])");
const untilNote = (said) =>
  page.waitForFunction((said) => document.getElementById("items-note").textContent === said, said);
const card = (state) => page.waitForSelector(`.card.list.${state}`);

/** Drops files on the page as a person would, from names and contents. */
async function drop(files) {
  const transfer = await page.evaluateHandle((given) => {
    const data = new DataTransfer();
    for (const [name, content] of Object.entries(given)) data.items.add(new File([content], name));
    return data;
  }, files);
  await page.dispatchEvent("body", "drop", { dataTransfer: transfer });
}

/** A folder that a test may change; `change` gets its path. */
async function withFolder(change) {
  const folder = await mkdtemp(join(tmpdir(), "labelgate-items-"));
  await cp(join(SAMPLE, "items"), folder, { recursive: true });
  await change(folder);
  await page.setInputFiles("#items-folder", folder);
  await isCompared();
  await rm(folder, { recursive: true });
}

const sha256 = (content) => createHash("sha256").update(content).digest("hex");

/** RFC 7638, by another hand. */
function thumbprint({ crv, kty, x, y }) {
  return createHash("sha256").update(JSON.stringify(y === undefined ? { crv, kty, x } : { crv, kty, x, y })).digest("base64url");
}

/** A BOM of these contents by name, complete. */
function bomOf(contents) {
  const components = Object.entries(contents).map(([name, content]) => ({
    type: "file",
    name,
    hashes: [{ alg: "SHA-256", content: sha256(content) }],
  }));
  return {
    bomFormat: "CycloneDX",
    specVersion: "1.7",
    serialNumber: "urn:uuid:0b8a6b3e-6d4c-4a57-8f0a-0d5d6f8f2c11",
    version: 3,
    components: [{ type: "data", "bom-ref": "set", name: "set", components }],
    compositions: [{ aggregate: "complete", assemblies: ["set"] }],
  };
}

function newKey(type = "ed25519", options) {
  const { privateKey, publicKey } = generateKeyPairSync(type, options);
  const jwk = publicKey.export({ format: "jwk" });
  return { privateKey, jwk, text: JSON.stringify(jwk) };
}

test("the sample is signed by its key, and every file matches", async () => {
  await page.click("#items-sample");
  await isCompared();
  await card("trusted");
  const said = await textOf(page, ".card.list");
  assert.ok(said.startsWith(text.list.signedByOne), said);
  assert.ok(said.includes(thumbprint(JSON.parse(SAMPLE_KEY))), said);
  assert.ok(said.includes(`Items 20 Complete ${text.list.isComplete} Version 1`), said);
  assert.ok(said.includes(JSON.parse(SAMPLE_BOM).serialNumber), said);
  assert.ok(said.includes(`sha256:${sha256(SAMPLE_BOM)}`), said);
  assert.deepEqual(await tally(), { matched: 20, altered: 0, missing: 0, extra: 0 });
  assert.equal(await textOf(page, "#items-note"), text.files.allGood);
  assert.equal(await page.locator("#items-result tbody tr").count(), 0, "what matches is folded away");
  await page.click(".matched > summary");
  await page.waitForSelector("#items-result tbody tr:nth-child(20)");
  for (const { name, hashes } of JSON.parse(SAMPLE_BOM).components[0].components) {
    assert.equal((await rowOf(name)).digests, `sha256:${hashes[0].content}`);
  }
});

test("one altered byte of the sample is found, and found again when it is put back", async () => {
  await page.click("#items-sample");
  await isCompared();
  await page.click("#items-alter");
  await page.waitForSelector("#items-result tr[data-status=altered]");
  assert.deepEqual(await tally(), { matched: 19, altered: 1, missing: 0, extra: 0 });
  assert.equal(await textOf(page, "#items-note"), text.files.someBad);
  const [{ name, hashes }] = JSON.parse(SAMPLE_BOM).components[0].components;
  const { digests } = await rowOf(name);
  assert.match(digests, new RegExp(`published: sha256:${hashes[0].content}\\s+found: sha256:[0-9a-f]{64}`));
  await page.click("#items-alter");
  await untilNote(text.files.allGood);
  assert.equal((await tally()).matched, 20);
});

test("another key refuses the list, and says that nothing in it is proven", async () => {
  await page.click("#items-sample");
  await isCompared();
  await page.fill("#items-keys", newKey().text);
  await card("refused");
  assert.match(await textOf(page, ".card.list"), /^Refused key-not-pinned Nothing .* no signature is by a pinned key\./);
  await untilNote(text.files.allGoodUnproven);
});

test("a stripped signature and a changed list are refused", async () => {
  const { signature: _, ...stripped } = JSON.parse(SAMPLE_BOM);
  await page.fill("#items-keys", SAMPLE_KEY);
  await drop({ "bom.json": JSON.stringify(stripped) });
  await card("refused");
  assert.match(await textOf(page, ".card.list"), /^Refused no-signature /);
  await drop({ "bom.json": SAMPLE_BOM.replace("four animals", "five animals") });
  await page.waitForSelector(".card.list code >> text=bad-signature");
});

test("without a key nothing is called signed", async () => {
  await drop({ "bom.json": SAMPLE_BOM, "drawing-04.svg": FISH });
  await isCompared();
  await card("open");
  assert.ok((await textOf(page, ".card.list")).startsWith(text.list.unchecked));
  assert.equal(await page.locator(".card.list .decision.accept").count(), 0);
});

test("two keys must sign where two are asked for", async () => {
  const [one, other] = [newKey(), newKey()];
  await page.fill("#items-keys", `${one.text}\n${other.text}`);
  await page.fill("#items-threshold", "2");
  await drop({ "bom.json": JSON.stringify(signed(bomOf({ a: "a" }), one.privateKey)) });
  await card("refused");
  assert.match(await textOf(page, ".card.list"), /^Refused threshold-not-met /);
  await page.fill("#items-threshold", "3");
  await page.locator("#items-threshold").blur();
  await page.waitForSelector("#items-note.error");
  assert.equal(await textOf(page, "#items-note"), text.items.badThreshold.replace("{count}", "2"));
  await page.fill("#items-threshold", "1");
  await page.locator("#items-threshold").blur();
  await card("trusted");
  assert.ok((await textOf(page, ".card.list")).includes(thumbprint(one.jwk)));
});

test("a signature that the module leaves to the browser is checked by the browser", async () => {
  const { privateKey, text: key, jwk } = newKey("ec", { namedCurve: "P-521" });
  await page.fill("#items-keys", key);
  await drop({ "bom.json": JSON.stringify(signed(bomOf({ a: "a" }), privateKey)), a: "a" });
  await isCompared();
  await card("trusted");
  assert.ok((await textOf(page, ".card.list")).includes(thumbprint(jwk)));
  assert.equal(await textOf(page, "#items-note"), text.files.allGood);
});

test("what is no public key is refused in plain words", async () => {
  await drop({ "bom.json": SAMPLE_BOM });
  await card("open");
  for (const [given, said] of [
    ["not a key", /^This is no public key: not a key/],
    ['{"kty":"OKP"', /^This is no public key/],
    [JSON.stringify(newKey().privateKey.export({ format: "jwk" })), /^These keys cannot be used: .*private member/],
  ]) {
    await page.fill("#items-keys", given);
    await page.waitForSelector("#items-note.error");
    await page.waitForFunction((said) => new RegExp(said).test(document.getElementById("items-note").textContent), said.source);
    await page.fill("#items-keys", "");
    await page.waitForSelector("#items-note:not(.error)");
  }
});

test("altered, missing, extra, moved and swapped files are told apart", async () => {
  await drop({ "bom.json": SAMPLE_BOM, "key.pub.jwk": SAMPLE_KEY });
  await card("trusted");
  await withFolder(async (folder) => {
    const at = (name) => join(folder, name);
    const altered = await readFile(at("note-1.txt"));
    altered[5] ^= 1;
    await writeFile(at("note-1.txt"), altered);
    await rm(at("drawing-03.svg"));
    await mkdir(at("more"));
    await writeFile(at("more/stranger.txt"), "nobody listed this\n");
    await rename(at("note-4.txt"), at("more/note-4.txt"));
    await rename(at("note-2.txt"), at("aside"));
    await rename(at("note-3.txt"), at("note-2.txt"));
    await rename(at("aside"), at("note-3.txt"));
  });
  assert.deepEqual(await tally(), { matched: 15, altered: 1, swapped: 2, missing: 1, moved: 1, extra: 1 });
  const listed = (name) =>
    JSON.parse(SAMPLE_BOM).components[0].components.find((item) => item.name === name).hashes[0].content;
  const { standing, digests } = await rowOf("note-1.txt");
  assert.equal(standing, "altered");
  assert.match(digests, new RegExp(`published: sha256:${listed("note-1.txt")}\\s+found: sha256:[0-9a-f]{64}`));
  assert.equal((await rowOf("drawing-03.svg")).digests, `published: sha256:${listed("drawing-03.svg")}`);
  assert.equal((await rowOf("more/stranger.txt")).standing, "extra");
  assert.match((await rowOf("note-2.txt")).said, /^Swapped\s+with note-3\.txt$/);
  assert.match((await rowOf("note-3.txt")).said, /^Swapped\s+with note-2\.txt$/);
  assert.match((await rowOf("note-4.txt")).said, /^Moved\s+is here as more\/note-4\.txt$/);
  const shown = await page.locator("#items-result tbody tr").evaluateAll((rows) => rows.map((row) => row.dataset.status));
  assert.deepEqual(shown, ["altered", "swapped", "swapped", "missing", "moved", "extra"]);
});

test("a key inside of the folder is a file like any other, and trusted by nobody", async () => {
  const forger = newKey();
  await withFolder(async (folder) => {
    const forged = JSON.parse(SAMPLE_BOM);
    delete forged.signature;
    await writeFile(join(folder, "bom.json"), JSON.stringify(signed(forged, forger.privateKey)));
    await writeFile(join(folder, "key.pub.jwk"), forger.text);
  });
  await card("open");
  assert.equal(await page.inputValue("#items-keys"), "");
  assert.equal((await rowOf("key.pub.jwk")).standing, "extra");
});

test("the key of the sample does not stay for another list", async () => {
  await page.click("#items-sample");
  await isCompared();
  await drop({ "other.json": JSON.stringify(bomOf({ a: "a" })) });
  await card("open");
  assert.equal(await page.inputValue("#items-keys"), "");
});

test("files can be dropped first, and their BOM and its key after", async () => {
  await drop({ "drawing-04.svg": FISH });
  await untilNote(text.items.needBom.replace("{count}", "1"));
  await drop({ "pets.cdx.json": SAMPLE_BOM });
  await isCompared();
  assert.deepEqual(await tally(), { matched: 1, altered: 0, missing: 19, extra: 0 });
  await drop({ "publisher.jwk": SAMPLE_KEY });
  await card("trusted");
});

test("a folder that is dropped is gone through to its depth", async () => {
  await drop({ "bom.json": JSON.stringify(bomOf({ "a.txt": "a", "deep/er/b.txt": "b" })) });
  await card("open");
  // What a browser gives for a dropped folder; a test cannot make one, so this one has its shape.
  await page.evaluate(() => {
    const file = (name, content) => ({ name, isDirectory: false, file: (done) => done(new File([content], name)) });
    const folder = (name, entries) => ({
      name,
      isDirectory: true,
      createReader() {
        const rest = [...entries];
        return { readEntries: (done) => done(rest.splice(0, 1)) };
      },
    });
    const entry = folder("set", [file("a.txt", "a"), folder("deep", [folder("er", [file("b.txt", "b"), file("c.txt", "c")])])]);
    const event = new DragEvent("drop", { cancelable: true });
    const items = [{ kind: "file", webkitGetAsEntry: () => entry, getAsFile: () => null }];
    Object.defineProperty(event, "dataTransfer", { value: { types: ["Files"], items } });
    dispatchEvent(event);
  });
  await isCompared();
  assert.deepEqual(await tally(), { matched: 2, altered: 0, missing: 0, extra: 1 });
  assert.equal((await rowOf("deep/er/c.txt")).standing, "extra");
});

test("a BOM that cannot be read is refused in plain words, with the place", async () => {
  await drop({ "bom.json": SAMPLE_BOM.replace('"version": 1', '"version": 1,,'), "drawing-04.svg": FISH });
  await page.waitForSelector("#items-note.error");
  assert.match(await textOf(page, "#items-note"), /^This BOM cannot be read: .*byte \d+/);
  assert.equal(await page.locator("#items-result").isVisible(), false);
  await drop({ "bom.json": SAMPLE_BOM });
  await isCompared();
});

test("a BOM that says its list is not complete is not taken for a proof", async () => {
  await drop({ "bom.json": SAMPLE_BOM.replace('"complete"', '"incomplete"'), "drawing-04.svg": FISH, "stranger.txt": "x" });
  await isCompared();
  assert.deepEqual(await tally(), { matched: 1, altered: 0, missing: 19, extra: 1 });
  assert.match(await textOf(page, ".card.list"), /held by the gate, not refused/);
});

test("thousands of differences are shown some at a time", async () => {
  const names = Array.from({ length: 5_000 }, (_, number) => `item-${String(number).padStart(4, "0")}`);
  const bom = bomOf(Object.fromEntries(names.map((name) => [name, name])));
  const files = Object.fromEntries(names.slice(0, 2_000).map((name, number) => [name, number < 65 ? "altered" : name]));
  await drop({ "bom.json": JSON.stringify(bom), ...files });
  await isCompared();
  assert.deepEqual(await tally(), { matched: 1_935, altered: 65, missing: 3_000, extra: 0 });
  await page.waitForSelector("#items-result tbody tr:nth-child(60)");
  assert.equal(await page.locator("#items-result tbody tr").count(), 60);
  assert.match(await page.locator("#items-result .more").innerText(), /60 more of 3,005/);
  await page.locator("#items-result .more").press("Enter");
  await page.waitForSelector("#items-result tbody tr:nth-child(120)");
  const shown = await page.locator("#items-result tbody tr").evaluateAll((rows) => rows.map((row) => [row.cells[0].textContent, row.dataset.status]));
  assert.deepEqual(shown.slice(0, 66).map(([name]) => name), [...names.slice(0, 65), "item-2000"]);
  assert.deepEqual(shown.at(-1), ["item-2054", "missing"]);
  assert.equal(await page.evaluate(() => document.activeElement.textContent), "item-0060");
});

/** Presses stop as soon as progress is shown; what was shown then. */
function stopAtFirstProgress(page) {
  return page.evaluateHandle(() => {
    const speed = document.getElementById("items-speed");
    return { stopped: new Promise((resolve) => {
      const observer = new MutationObserver(() => {
        if (speed.textContent === "") return;
        observer.disconnect();
        document.getElementById("items-stop").click();
        resolve({
          said: speed.textContent,
          bar: document.getElementById("items-bar").value,
          label: document.getElementById("items-working").textContent,
        });
      });
      observer.observe(speed, { childList: true });
    }) };
  });
}

test("hashing shows its progress, can be stopped half-way, and leaves the page usable", async () => {
  await drop({ "bom.json": SAMPLE_BOM });
  await untilNote(text.items.needFiles);
  const handle = await stopAtFirstProgress(page);
  await page.evaluate(() => {
    const data = new DataTransfer();
    const piece = new Uint8Array(16 * 1024 * 1024);
    // Many times what is hashed between two looks at the stop button.
    data.items.add(new File(Array.from({ length: 8 }, () => piece), "large.bin"));
    dispatchEvent(new DragEvent("drop", { dataTransfer: data, cancelable: true }));
  });
  const shown = await handle.evaluate(({ stopped }) => stopped);
  assert.equal(shown.label, text.items.hashing);
  assert.match(shown.said, /of 134 MB, .*\/s$/);
  assert.ok(shown.bar > 0 && shown.bar < 1, String(shown.bar));
  await page.waitForSelector("#items-progress", { state: "hidden" });
  assert.equal(await textOf(page, "#items-note"), text.items.stopped);
  await drop({ "drawing-04.svg": FISH });
  await isCompared();
  assert.deepEqual(await tally(), { matched: 1, altered: 0, missing: 19, extra: 0 });
  assert.deepEqual(page.complaints, []);
});

test("a long BOM is read beside the page, and reading it can be stopped", async () => {
  /** Drops a BOM of some 100 MB. */
  const dropLong = () => page.evaluate(() => {
    const digest = "0123456789abcdef".repeat(4);
    const parts = ['{"bomFormat":"CycloneDX","specVersion":"1.7","components":['];
    for (let block = 0; block < 800; block += 1) {
      let items = "";
      for (let number = 0; number < 1000; number += 1) {
        const comma = block + number === 0 ? "" : ",";
        items += `${comma}{"type":"file","name":"folder-${block}/item-${number}.png","hashes":[{"alg":"SHA-256","content":"${digest}"}]}`;
      }
      parts.push(items);
    }
    parts.push("]}");
    const data = new DataTransfer();
    const file = new File(parts, "bom.json");
    data.items.add(file);
    dispatchEvent(new DragEvent("drop", { dataTransfer: data, cancelable: true }));
    return file.size;
  });
  const handle = await stopAtFirstProgress(page);
  assert.ok((await dropLong()) > 100_000_000);
  const shown = await handle.evaluate(({ stopped }) => stopped);
  assert.equal(shown.label, text.items.reading);
  await untilNote(text.items.stopped);
  await dropLong();
  const longest = await page.evaluate(() => new Promise((resolve) => {
    let longest = 0;
    let last = performance.now();
    const timer = setInterval(() => {
      const now = performance.now();
      longest = Math.max(longest, now - last);
      last = now;
      if (document.querySelector(".card.list") === null) return;
      clearInterval(timer);
      resolve(longest);
    }, 10);
  }));
  assert.match(await textOf(page, ".card.list"), /Items 800,000/);
  // Reading takes seconds; a page that did it itself would stand still for all of them.
  assert.ok(longest < 1_000, `the page stood still for ${longest} ms`);
});

/** A C2SP checkpoint that says that a BOM is in force, and the verifier key of whoever signed it. */
function checkpointOf(bom, { serialNumber, version }, expires) {
  const name = "lists.example/pets";
  const { privateKey, jwk } = newKey();
  const key = Buffer.concat([Buffer.from([1]), Buffer.from(jwk.x, "base64url")]);
  const id = createHash("sha256").update(`${name}\n`).update(key).digest().subarray(0, 4);
  const leaf = `${version} ${serialNumber} sha256:${sha256(bom)}`;
  const root = createHash("sha256").update("\0").update(leaf).digest("base64");
  const lines = [name, "1", root, `bom sha256:${sha256(bom)}`, `serial ${serialNumber}`, `version ${version}`, `expires ${expires}`];
  const text = `${lines.join("\n")}\n`;
  const signature = Buffer.concat([id, sign(null, Buffer.from(text), privateKey)]).toString("base64");
  return { note: `${text}\n— ${name} ${signature}\n`, verifierKey: `${name}+${id.toString("hex")}+${key.toString("base64")}` };
}

test("a checkpoint says until when the list is good, and a missing or foreign one refuses it", async () => {
  const { privateKey, text: key } = newKey();
  const list = bomOf({ a: "a" });
  const bom = JSON.stringify(signed(list, privateKey));
  const fresh = checkpointOf(bom, list, "2126-12-31T00:00:00Z");
  await page.fill("#items-keys", key);
  await drop({ "bom.json": bom, checkpoint: fresh.note });
  await card("trusted");
  assert.ok((await textOf(page, ".card.list")).includes(text.list.checkpointUnchecked));
  await page.fill("#items-keys", `${key}\n${fresh.verifierKey}`);
  await page.waitForSelector(".card.list.trusted time");
  assert.match(await textOf(page, ".card.list"), /Good until December 31, 2126 at 12:00 AM UTC/);
  assert.equal(await page.locator(".card.list .lapsed").count(), 0);
  const lapsed = checkpointOf(bom, list, "2020-01-01T00:00:00Z");
  await drop({ checkpoint: lapsed.note });
  await page.waitForSelector(".card.list.refused code >> text=checkpoint-untrusted");
  await page.fill("#items-keys", `${key}\n${lapsed.verifierKey}`);
  await page.waitForSelector(".card.list.open .lapsed");
  assert.ok((await textOf(page, ".card.list")).startsWith(text.list.signedAndLapsed));
  await page.click("#items-sample");
  await isCompared();
  await page.fill("#items-keys", `${SAMPLE_KEY}\n${fresh.verifierKey}`);
  await page.waitForSelector(".card.list.refused code >> text=no-checkpoint");
});
