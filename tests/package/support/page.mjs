/* A real page in Debian's Chromium, served from 127.0.0.1 with the headers that a test wants. */
import { once } from "node:events";
import { readFile } from "node:fs/promises";
import { createServer } from "node:http";
import { extname, join, normalize, sep } from "node:path";
import { chromium } from "playwright-core";

const TYPES = {
  ".css": "text/css",
  ".html": "text/html; charset=utf-8",
  ".js": "text/javascript",
  ".json": "application/json",
  ".mjs": "text/javascript",
  ".wasm": "application/wasm",
};
const FLAGS = [
  "--disable-gpu",
  "--disable-quic",
  "--disable-background-networking",
  "--disable-component-update",
  "--disable-sync",
  "--no-first-run",
  "--no-sandbox",
];

/** A browser for one test file; close it with `after`. */
export function launchBrowser() {
  const executablePath = process.env.CHROMIUM ?? "/usr/bin/chromium";
  return chromium.launch({ executablePath, args: FLAGS });
}

/**
 * Serves `folders` (URL prefix to folder) and `pages` (URL path to HTML or script text) with `headers`.
 * Answers the origin and the paths that were asked for.
 */
export async function serve(t, { folders = {}, pages = {}, headers = {} }) {
  const requests = [];
  const server = createServer(async (request, response) => {
    const { pathname } = new URL(request.url, "http://page");
    requests.push(pathname);
    try {
      const body = pages[pathname] ?? (await readFrom(folders, decodeURIComponent(pathname)));
      const type = TYPES[extname(pathname)] ?? TYPES[".html"];
      response.writeHead(200, { "content-type": type, ...headers }).end(body);
    } catch {
      response.writeHead(404).end();
    }
  });
  await once(server.listen(0, "127.0.0.1"), "listening");
  t.after(() => {
    server.closeAllConnections();
    server.close();
  });
  return { origin: `http://127.0.0.1:${server.address().port}`, requests };
}

/** Opens a page; what it logs as an error, or throws, is in `errors`. */
export async function openPage(t, browser, url) {
  const page = await browser.newPage();
  t.after(() => page.close());
  const errors = [];
  page.on("pageerror", (error) => errors.push(String(error)));
  page.on("console", (message) => message.type() === "error" && errors.push(message.text()));
  await page.goto(url);
  return { page, errors };
}

async function readFrom(folders, pathname) {
  for (const [prefix, folder] of Object.entries(folders)) {
    if (!pathname.startsWith(prefix)) continue;
    const file = normalize(join(folder, pathname.slice(prefix.length)));
    if (file.startsWith(normalize(folder + sep))) return readFile(file);
  }
  throw new Error(`nothing at ${pathname}`);
}
