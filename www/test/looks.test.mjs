import assert from "node:assert/strict";
import { mkdtemp, readFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { beginLabelling, launch, open, untilAnswered } from "./browser.mjs";
import { serve } from "./server.mjs";

const AXE = await readFile(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");

let browser;
let server;
let folder;
before(async () => {
  browser = await launch();
  server = await serve();
  folder = await mkdtemp(join(tmpdir(), "labelgate-page-"));
});
after(async () => {
  await browser.close();
  await server.end();
});

/** What axe finds against the page as it is, in words. By the debugger, so that the policy need not let it in. */
async function findings(page) {
  await page.evaluate(AXE);
  const { violations } = await page.evaluate(() => globalThis.axe.run(document, { resultTypes: ["violations"] }));
  return violations.map(({ id, impact, nodes }) => `${impact} ${id}: ${nodes.map(({ target }) => target).join(", ")}`);
}

/** The page with all of its parts in use. */
async function openInUse(options) {
  const page = await open(browser, server.url, options);
  await page.click("#items-sample");
  await page.waitForSelector("#items-result:not([hidden])");
  await page.click("#items-alter");
  await page.waitForSelector("#items-result tr[data-status=altered]");
  await page.click(".matched > summary");
  await page.waitForSelector(".matched tr[data-status=matched]");
  await beginLabelling(page);
  await page.click("#trick-alter");
  await page.waitForFunction(() => document.getElementById("label-altered").textContent !== "");
  await page.keyboard.press("1");
  await page.click("#label-answers button");
  await untilAnswered(page, 1);
  await page.click("#label-answers button");
  await untilAnswered(page, 2);
  await page.click("#operator > summary");
  await page.click("#crowd-play");
  await page.waitForSelector("#crowd-sides:not([hidden])");
  return page;
}

for (const colorScheme of ["light", "dark"]) {
  test(`axe finds nothing in ${colorScheme}, and a screenshot is taken`, async (context) => {
    const page = await openInUse({ colorScheme, viewport: { width: 1200, height: 900 } });
    assert.deepEqual(await findings(page), []);
    const path = join(folder, `${colorScheme}.png`);
    await page.screenshot({ path, fullPage: true });
    context.diagnostic(`screenshot: ${path}`);
    const ground = await page.evaluate(() => getComputedStyle(document.body).backgroundColor);
    assert.equal(ground, colorScheme === "light" ? "rgb(250, 249, 245)" : "rgb(22, 24, 27)");
    await page.context().close();
  });
}

test("at 320 px nothing is cut off and everything to press is at least 44 px high", async (context) => {
  const page = await openInUse({ viewport: { width: 320, height: 720 }, hasTouch: true });
  assert.equal(await page.evaluate(() => document.documentElement.scrollWidth), 320);
  const small = await page.locator("button:visible, .pick:visible, .switch, summary, nav a, textarea:visible, input[type=number]:visible").evaluateAll((targets) =>
    targets.filter((target) => target.getBoundingClientRect().height < 44).map(({ textContent }) => textContent));
  assert.deepEqual(small, []);
  assert.deepEqual(await findings(page), []);
  const path = join(folder, "phone.png");
  await page.screenshot({ path, fullPage: true });
  context.diagnostic(`screenshot: ${path}`);
  await page.context().close();
});

test("axe finds nothing against a list that is refused, and against an error", async () => {
  const page = await open(browser, server.url);
  await page.click("#items-sample");
  await page.waitForSelector("#items-result:not([hidden])");
  await page.fill("#items-keys", '{"kty":"OKP","crv":"Ed25519","x":"11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo"}');
  await page.waitForSelector(".card.list.refused");
  await page.waitForSelector("#items-result:not([hidden])");
  assert.deepEqual(await findings(page), []);
  await page.fill("#items-keys", "no key");
  await page.waitForSelector("#items-note.error");
  assert.deepEqual(await findings(page), []);
  await page.context().close();
});

test("whatever has the focus shows it", async () => {
  const page = await open(browser, server.url);
  for (let steps = 0; steps < 14; steps += 1) {
    await page.keyboard.press("Tab");
    const [name, width] = await page.evaluate(() => {
      const focused = document.activeElement;
      const shown = focused.closest(".pick") ?? focused;
      return [focused.textContent || focused.id, getComputedStyle(shown).outlineWidth];
    });
    assert.equal(width, "3px", name);
  }
  await page.context().close();
});

test("without JavaScript the page says why it can do nothing", async () => {
  const page = await open(browser, server.url, { javaScriptEnabled: false, ready: "noscript p" });
  assert.match(await page.locator("noscript").innerText(), /needs JavaScript/);
  assert.match(await page.locator("h1").innerText(), /gate/);
  await page.context().close();
});
