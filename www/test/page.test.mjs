import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { CSP_HEADER, CSP_META, HEADERS } from "../csp.mjs";
import { text } from "../text.js";
import { beginLabelling, launch, open, textOf, untilAnswered } from "./browser.mjs";
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

test("the page loads under its policy, without a complaint and without a request to anybody else", async () => {
  const page = await open(browser, server.url);
  assert.equal(await page.title(), text.page.title);
  assert.match(await textOf(page, "#version"), /^Gate \d+\.\d+\.\d+/);
  assert.equal(await page.getAttribute("meta[http-equiv]", "content"), CSP_META);
  await page.click("#items-sample");
  await page.waitForSelector("#items-result:not([hidden])");
  await beginLabelling(page);
  await page.keyboard.press("1");
  await untilAnswered(page, 1);
  await page.click("#crowd-play");
  await page.waitForSelector("#crowd-sides:not([hidden])");
  assert.deepEqual(page.complaints, []);
  const origins = new Set(page.requested.filter((url) => !/^(blob|data):/.test(url)).map((url) => new URL(url).origin));
  assert.deepEqual([...origins], [new URL(server.url).origin]);
  await page.context().close();
});

test("the policy is in force: a script written into the page does not run", async () => {
  const page = await open(browser, server.url);
  await page.evaluate(() => {
    const script = document.createElement("script");
    script.textContent = "document.documentElement.dataset.injected = 'yes'";
    document.body.append(script);
  });
  assert.equal(await page.getAttribute("html", "data-injected"), null);
  assert.ok(page.complaints.some((complaint) => complaint.includes("violates script-src")), page.complaints.join("\n"));
  await page.context().close();
});

test("the page works under the served header too", async () => {
  const strict = await serve({ headers: HEADERS });
  const page = await open(browser, strict.url);
  await page.click("#items-sample");
  await page.waitForSelector("#items-result:not([hidden])");
  assert.deepEqual(page.complaints, []);
  assert.match(CSP_HEADER, /frame-ancestors 'none'/);
  await page.context().close();
  await strict.end();
});

test("after it was loaded the page works without a network", async () => {
  const page = await open(browser, server.url);
  // The worker fetches the sample ahead; the recording is the last of it.
  await page.waitForFunction(() => document.documentElement.dataset.gate === "ready");
  await waitForSample(page);
  await page.waitForLoadState("networkidle");
  await page.context().setOffline(true);
  await page.click("#items-sample");
  await page.waitForSelector("#items-result:not([hidden])");
  await beginLabelling(page);
  await page.keyboard.press("2");
  await untilAnswered(page, 1);
  await page.click("#crowd-play");
  await page.waitForSelector("#crowd-sides:not([hidden])");
  assert.deepEqual(page.complaints, []);
  await page.context().close();
});

async function waitForSample(page) {
  const isFetched = () =>
    ["inline-bom.js", "inline-more.js", "note-8.txt", "crowd.ndjson"].every((name) => page.requested.some((url) => url.endsWith(name)));
  while (!isFetched()) await page.context().waitForEvent("request");
  await page.waitForLoadState("networkidle");
}

test("a browser that refuses the wasm module is told what it needs, and nothing can be pressed", async () => {
  const refusing = await serve({ headers: { "Content-Security-Policy": "script-src 'self'" } });
  const page = await open(browser, refusing.url, { ready: "html[data-gate=refused]" });
  assert.equal(await textOf(page, "#alarm"), text.errors.refused);
  assert.equal(await page.locator("main button:enabled").count(), 0);
  await page.context().close();
  await refusing.end();
});

test("a worker that does not start is told as well", async () => {
  const page = await browser.newPage();
  await page.route("**/worker.js", (route) => route.fulfill({ status: 404, body: "" }));
  await page.goto(server.url);
  await page.waitForSelector("html[data-gate=refused]");
  assert.match(await textOf(page, "#alarm"), /worker did not start/);
  await page.close();
});
