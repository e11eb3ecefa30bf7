// A page of benches in Chromium: one entry, bundled, served from here beside the package and other files.

import { readFile } from "node:fs/promises";
import { createServer } from "node:http";
import { extname } from "node:path";
import { fileURLToPath } from "node:url";

import { build } from "esbuild";
import { chromium } from "playwright-core";

const PACKAGE = new URL("../../pkg/", import.meta.url);
const TYPES = { ".js": "text/javascript", ".wasm": "application/wasm" };

/**
 * Calls `use` with the browser and a function that opens the page; CHROMIUM names the browser, /usr/bin/chromium by
 * default. `files` are addresses and what is there, beyond the files of the package.
 */
export async function withPage({ entry, files = {} }, use) {
  const { outputFiles } = await build({
    entryPoints: [fileURLToPath(entry)],
    bundle: true,
    format: "esm",
    platform: "browser",
    write: false,
    logLevel: "error",
  });
  const html = '<!doctype html><meta charset="utf-8"><title>benches</title><script type="module" src="/page.js"></script>';
  const served = { "/": html, "/page.js": outputFiles[0].contents, ...files };
  const server = createServer(async (request, response) => {
    const [path] = request.url.split("?");
    const body = served[path] ?? (await readFile(new URL(`.${path}`, PACKAGE)).catch(() => undefined));
    response.writeHead(body === undefined ? 404 : 200, {
      "content-type": TYPES[extname(path)] ?? "text/html",
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
  try {
    console.log(`Chromium ${browser.version()}`);
    const open = async (isReady) => {
      const page = await browser.newPage();
      page.on("pageerror", (error) => console.error(error));
      page.setDefaultTimeout(0);
      await page.goto(address);
      await page.waitForFunction(isReady);
      return page;
    };
    return await use(open);
  } finally {
    await browser.close();
    server.close();
  }
}
