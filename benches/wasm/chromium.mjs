// The benches in Chromium: `node benches/wasm/chromium.mjs [--json FILE]`. The package must have been
// made; CHROMIUM names the browser, /usr/bin/chromium by default.

import { readFileSync, writeFileSync } from "node:fs";
import { createServer } from "node:http";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";

import { build } from "esbuild";
import { chromium } from "playwright-core";

import { serveBillion } from "./billion.mjs";

const { values } = parseArgs({ options: { json: { type: "string" } } });
const read = (path) => readFileSync(new URL(path, import.meta.url));
const { outputFiles } = await build({
  entryPoints: [fileURLToPath(new URL("page.mjs", import.meta.url))],
  bundle: true,
  format: "esm",
  platform: "browser",
  write: false,
  logLevel: "error",
});

const files = {
  "/": ["text/html", '<!doctype html><meta charset="utf-8"><title>benches</title><script type="module" src="/page.js"></script>'],
  "/page.js": ["text/javascript", outputFiles[0].contents],
  "/labelgate.js": ["text/javascript", read("../../pkg/wasm/labelgate.js")],
  "/labelgate_bg.wasm": ["application/wasm", read("../../pkg/wasm/labelgate_bg.wasm")],
};
const server = createServer((request, response) => {
  const [type, body] = files[request.url.split("?")[0]] ?? [];
  response.writeHead(body === undefined ? 404 : 200, {
    "content-type": type ?? "text/plain",
    // Isolated pages have a clock in steps of 5 us.
    "cross-origin-opener-policy": "same-origin",
    "cross-origin-embedder-policy": "require-corp",
  });
  response.end(body);
});
await new Promise((ready) => server.listen(0, "127.0.0.1", ready));
const address = `http://127.0.0.1:${server.address().port}/`;

const browser = await chromium.launch({
  executablePath: process.env.CHROMIUM ?? "/usr/bin/chromium",
  args: [
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
  ],
});
const billion = await serveBillion();
try {
  console.log(`Chromium ${browser.version()}`);
  const open = async () => {
    const page = await browser.newPage();
    page.on("pageerror", (error) => console.error(error));
    await page.goto(address);
    await page.waitForFunction(() => window.benches !== undefined);
    return page;
  };
  const page = await open();
  page.setDefaultTimeout(0);
  page.on("console", (message) => console.log(message.text()));
  await page.exposeFunction("coldStarts", async () => {
    const times = [];
    for (let n = 0; n < 15; n += 1) {
      const fresh = await open();
      times.push(await fresh.evaluate(() => window.benches.cold()));
      await fresh.close();
    }
    return times;
  });
  const figures = await page.evaluate((origin) => window.benches.run(origin), billion.origin);
  if (values.json) writeFileSync(values.json, JSON.stringify(figures, null, 2));
} finally {
  await browser.close();
  server.close();
  billion.close();
}
