import assert from "node:assert/strict";
import { after, before, beforeEach, test } from "node:test";
import { drawings } from "../sample/drawings.mjs";
import { texts } from "../sample/texts.mjs";
import { text } from "../text.js";
import { beginLabelling, launch, open, textOf, untilAnswered } from "./browser.mjs";
import { serve } from "./server.mjs";

const ANSWERS = { ...drawings, ...texts };

let browser;
let server;
let page;
before(async () => {
  browser = await launch();
  server = await serve();
});
after(async () => {
  await browser.close();
  await server.end();
});
beforeEach(async (context) => {
  page = await open(browser, server.url, { clock: new Date() });
  context.after?.(() => page.context().close());
});

const shownItem = () => page.getAttribute("#label-item", "data-item");
const annotatorSees = () => textOf(page, "#annotator-view");
const decision = (name) => page.waitForSelector(`#annotator-view .decision.${name}`);

async function operatorView() {
  await page.locator("#operator").evaluate((details) => (details.open = true));
  await page.locator(".raw").evaluate((details) => (details.open = true));
  return JSON.parse(await page.locator("#operator-view pre").innerText());
}

/** Answers the item that is shown, after looking at it for a while. */
async function answerSlowly(number) {
  const name = await shownItem();
  await page.clock.fastForward(4_000);
  await page.click(`#label-answers button[data-label=${ANSWERS[name].answer}]`);
  await untilAnswered(page, number);
}

test("an item is labelled and its verdict read with the keyboard alone", async () => {
  await page.focus("#label");
  await page.keyboard.press("Tab");
  assert.equal(await page.evaluate(() => document.activeElement.id), "label-begin");
  await page.keyboard.press("Enter");
  await page.waitForSelector("#label-item[data-item]");
  const first = await shownItem();
  await page.clock.fastForward(5_000);
  await page.keyboard.press(String(["bird", "cat", "fish", "snail"].indexOf(ANSWERS[first].answer) + 1));
  await decision("accept");
  assert.match(await annotatorSees(), /^“\w+” after 5(\.\d+)? s Accepted/);
  await untilAnswered(page, 1);
  assert.notEqual(await shownItem(), first);
  for (let steps = 0; (await page.evaluate(() => document.activeElement.tagName)) !== "SUMMARY"; steps += 1) {
    assert.ok(steps < 30, "the operator's view cannot be reached");
    await page.keyboard.press("Tab");
  }
  await page.keyboard.press("Enter");
  assert.equal(await page.locator("#operator-view .evidence table").isVisible(), true);
  assert.deepEqual(page.complaints, []);
});

test("keys label nothing while the focus is elsewhere", async () => {
  await beginLabelling(page);
  await page.focus("#items-sample");
  await page.keyboard.press("1");
  await page.focus("#label-item");
  await page.clock.fastForward(4_000);
  await page.keyboard.press("2");
  await untilAnswered(page, 1);
  assert.match(await annotatorSees(), /^“Cat”/);
});

test("an altered byte is refused as item-altered, with both digests in both views", async () => {
  await beginLabelling(page);
  const name = await shownItem();
  await page.click("#trick-alter");
  await page.waitForFunction(() => document.getElementById("label-altered").textContent.startsWith("Byte "));
  await page.click("#label-answers button");
  await decision("reject");
  const { decision: decided, reasons: [reason] } = await operatorView();
  assert.deepEqual([decided, reason.code], ["reject", "item-altered"]);
  const bom = await (await fetch(`${server.url}sample/bom.json`)).json();
  const published = bom.components[0].components.find((item) => item.name === name).hashes[0].content;
  assert.equal(reason.threshold.value, `sha256:${published}`);
  assert.match(reason.measured.value, /^sha256:[0-9a-f]{64}$/);
  assert.notEqual(reason.measured.value, reason.threshold.value);
  const seen = await annotatorSees();
  assert.ok(seen.includes(reason.measured.value) && seen.includes(reason.threshold.value), seen);
  await untilAnswered(page, 1);
  assert.equal(await shownItem(), name, "a refused answer leaves its item to be answered");
  await answerSlowly(2);
  await decision("accept");
});

test("the last answer is refused when it is replayed", async () => {
  await beginLabelling(page);
  assert.equal(await page.isDisabled("#trick-replay"), true);
  await answerSlowly(1);
  await page.click("#trick-replay");
  await decision("reject");
  assert.equal((await operatorView()).reasons[0].code, "replayed");
});

test("a clock that runs backwards is refused, with what it took", async () => {
  await beginLabelling(page);
  await page.click("#trick-clock");
  await decision("reject");
  const [{ code, measured }] = (await operatorView()).reasons;
  assert.equal(code, "impossible-clock");
  assert.deepEqual(measured, { value: -60_000, unit: "ms" });
});

test("answers like a bot's are held as too fast, and what the annotator sees has no wealth in it", async () => {
  await beginLabelling(page);
  // The page's time stands still but for what the script waits, so that a slow machine is no slow bot.
  await page.clock.pauseAt(Date.now() + 60_000);
  await page.click("#trick-bot");
  for (let steps = 0; (await page.locator("#annotator-view .decision.review").count()) === 0; steps += 1) {
    assert.ok(steps < 2_000, "the bot is not held");
    await page.clock.runFor(10);
  }
  const verdict = await operatorView();
  assert.deepEqual([verdict.decision, verdict.reasons[0].code], ["review", "too-fast"]);
  const { wealth, threshold } = verdict.evidence.find(({ check }) => check === "too-fast");
  assert.ok(wealth >= threshold);
  const markup = await page.locator("#annotator-view").evaluate((view) => view.outerHTML);
  assert.doesNotMatch(markup, /wealth|threshold|evidence|too-fast|%/i);
  assert.ok(!markup.includes(String(Math.round(wealth))) && !markup.includes(String(threshold)), markup);
  assert.equal(await page.locator("#operator-view tr[data-check=too-fast] .over").count(), 1);
});

test("honest answers to every item are accepted, and somebody else may begin", async () => {
  // The worker's clock is its own: let it go on by five seconds with every look, as it would for a person.
  await page.route("**/worker.js", async (route) => {
    const worker = await (await route.fetch()).text();
    const clock = "const now = Date.now; let looks = 0; Date.now = () => now() + 5_000 * (looks += 1);";
    await route.fulfill({ contentType: "text/javascript", body: `${worker}\n${clock}` });
  });
  await page.reload();
  await page.waitForSelector("html[data-gate=ready]");
  await beginLabelling(page);
  const total = Object.keys(ANSWERS).length;
  for (let number = 1; number <= total; number += 1) await answerSlowly(number);
  assert.equal(await page.locator("#label-history li.accept").count(), total);
  assert.match(await textOf(page, "#label-item"), new RegExp(text.label.finished));
  assert.equal(await page.locator("#label-answers button:enabled").count(), 0);
  await page.click("#label-renew");
  await page.waitForSelector("#label-item[data-item]");
  assert.equal(await page.locator("#label-history li").count(), 0);
  await answerSlowly(1);
  await decision("accept");
  assert.deepEqual(page.complaints, []);
});
