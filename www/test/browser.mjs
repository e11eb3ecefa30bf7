/* Chromium, and pages that note what goes wrong in them. */
import { chromium } from "playwright-core";

const ARGUMENTS = [
  "--headless",
  "--no-sandbox",
  "--disable-gpu",
  "--disable-quic",
  "--no-first-run",
  "--disable-background-networking",
  "--disable-component-update",
  "--disable-sync",
];

export function launch() {
  return chromium.launch({ executablePath: process.env.CHROMIUM ?? "/usr/bin/chromium", args: ARGUMENTS });
}

/**
 * Opens an address in a context of its own. `page.complaints` are console errors, errors of scripts and
 * violations of the CSP; `page.requested` are the addresses that were asked for.
 */
export async function open(browser, url, { clock, ready = "html[data-gate=ready]", ...options } = {}) {
  const context = await browser.newContext({ reducedMotion: "reduce", ...options });
  const page = await context.newPage();
  page.complaints = [];
  page.requested = [];
  page.on("console", (message) => {
    if (message.type() === "error") page.complaints.push(message.text());
  });
  page.on("pageerror", (error) => page.complaints.push(error.message));
  context.on("request", (request) => page.requested.push(request.url()));
  if (clock !== undefined) await page.clock.install({ time: clock });
  await page.addInitScript(() => {
    addEventListener("securitypolicyviolation", ({ violatedDirective, blockedURI }) => {
      console.error(`violates ${violatedDirective}: ${blockedURI}`);
    });
  });
  await page.goto(url);
  await page.waitForSelector(ready);
  return page;
}

/** The text of an element, with its white space as people see it. */
export async function textOf(page, selector) {
  return (await page.locator(selector).innerText()).replace(/\s+/g, " ").trim();
}

/** Begins part 2 and waits for its first item. */
export async function beginLabelling(page) {
  await page.click("#label-begin");
  await page.waitForSelector("#label-item[data-item]");
}

/** Waits until the verdict after `count` answers is there and the page takes the next one. */
export async function untilAnswered(page, count) {
  await page.waitForSelector(`#label-history li:nth-child(${count})`);
}
