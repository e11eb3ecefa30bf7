import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { after, before, test } from "node:test";
import { Gate } from "../../pkg/entries/node.js";
import { text } from "../text.js";
import { launch, open, textOf } from "./browser.mjs";
import { serve } from "./server.mjs";

let browser;
let server;
before(async () => {
  browser = await launch();
  server = await serve();
});
after(async () => {
  await browser.close();
  await server.end();
});

const read = (name) => readFile(new URL(`../sample/${name}`, import.meta.url), "utf8");

/** The same recording through the package in Node: what each annotator's row must say. */
async function expectedRows() {
  const { policy, gold, kinds } = JSON.parse(await read("crowd.json"));
  const gate = new Gate(policy);
  gate.setGold(gold);
  const rows = {};
  for (const line of (await read("crowd.ndjson")).trimEnd().split("\n")) {
    const { annotator, submitted_at: sentAt } = JSON.parse(line);
    const verdict = gate.check(line, { now: Date.parse(sentAt) });
    const row = (rows[annotator] ??= { kind: kinds[annotator], answers: 0, through: 0, heldAt: undefined, heldBy: [] });
    row.answers += 1;
    if (verdict.decision === "accept") row.through += 1;
    else if (row.heldAt === undefined) {
      row.heldAt = row.answers;
      row.heldBy = verdict.reasons.map(({ code }) => code);
    }
  }
  gate.free();
  return rows;
}

async function shownRows(page) {
  const rows = await page.locator("#crowd-result tr[data-annotator]").evaluateAll((elements) =>
    elements.map((element) => [...element.cells].map((cell) => cell.textContent)));
  const codes = Object.fromEntries(Object.entries(text.evidence.checks).map(([code, words]) => [words, code]));
  const kinds = Object.fromEntries(Object.entries(text.crowd.kinds).map(([kind, words]) => [words, kind]));
  return Object.fromEntries(rows.map(([name, who, answers, through, , by, heldAt]) => [name, {
    kind: kinds[who],
    answers: Number(answers),
    through: Number(through),
    heldAt: heldAt === text.crowd.never ? undefined : Number(heldAt),
    heldBy: by === "–" ? [] : by.split(", ").map((words) => codes[words]),
  }]));
}

test("the crowd plays: attackers are held, honest people are not, and every count is what Node says", async () => {
  const page = await open(browser, server.url);
  await page.click("#crowd-play");
  await page.waitForSelector("#crowd-sides:not([hidden])");
  const expected = await expectedRows();
  assert.deepEqual(await shownRows(page), expected);
  const side = (name) => page.locator(`.side.${name}`).evaluate(({ dataset }) => [Number(dataset.held), Number(dataset.count)]);
  const count = (test) => Object.values(expected).filter(test).length;
  assert.deepEqual(await side("attackers"), [
    count(({ kind, heldAt }) => kind !== "honest" && heldAt !== undefined),
    count(({ kind }) => kind !== "honest"),
  ]);
  assert.deepEqual(await side("honest"), [0, count(({ kind }) => kind === "honest")]);
  // What the recording was made to show; it is checked here and not written into the page.
  assert.ok(Object.values(expected).every(({ kind, heldAt }) => (kind === "honest") === (heldAt === undefined)));
  assert.equal(await page.locator("#crowd-result .sparkline").count(), Object.keys(expected).length);
  assert.deepEqual(page.complaints, []);
  await page.context().close();
});

test("who is who is not told before the end, and the recording can be stopped", async () => {
  const page = await open(browser, server.url, { reducedMotion: "no-preference" });
  await page.click("#crowd-play");
  await page.waitForSelector("#crowd-result tr[data-annotator]");
  const [row] = Object.values(await shownRows(page));
  assert.equal(row.kind, undefined);
  assert.equal(await page.locator("#crowd-sides").isVisible(), false);
  await page.click("#crowd-stop");
  await page.waitForSelector("#crowd-progress", { state: "hidden" });
  assert.match(await textOf(page, "#crowd-note"), /^Stopped after [\d,]+ answers\.$/);
  assert.deepEqual(page.complaints, []);
  await page.context().close();
});
