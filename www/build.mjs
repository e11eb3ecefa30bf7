/*
 * Makes dist/: the page as any plain file server can serve it. Nothing is bundled: modules are copied as
 * they are, the texts are put into index.html, and the package comes from pkg/ with its wasm module.
 */
import { cp, mkdir, readdir, readFile, rm, stat, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { gzipSync } from "node:zlib";
import { CSP_META, HEADERS } from "./csp.mjs";
import { text } from "./text.js";

const here = fileURLToPath(new URL(".", import.meta.url));
const dist = join(here, "dist");
const pkg = join(here, "../pkg");

const PAGE = ["page.js", "worker.js", "text.js", "style.css", "lib", "view", "gate"];
const SAMPLE = ["bom.json", "key.pub.jwk", "crowd.json", "crowd.ndjson", "items"];
const PACKAGE = [
  ...["entries/browser.js", "lib", "dist/inline.js", "wasm/labelgate.js", "LICENSE-MIT", "LICENSE-APACHE"],
  // Loaded by those who need them: a BOM, whole crowds, other hashes than SHA-2, and engines without SIMD.
  ...["bom", "crowd", "more"].flatMap((name) => [`dist/inline-${name}.js`, `wasm/${name}.js`]),
  "wasm/scalar",
];

await requirePackage();
await rm(dist, { recursive: true, force: true });
await mkdir(dist, { recursive: true });
for (const path of PAGE) await cp(join(here, path), join(dist, path), { recursive: true });
for (const path of SAMPLE) await cp(join(here, "sample", path), join(dist, "sample", path), { recursive: true });
for (const path of PACKAGE) await cp(join(pkg, path), join(dist, "labelgate", path), { recursive: true });
await writeFile(join(dist, "index.html"), await pageHtml());
await writeFile(join(dist, "_headers"), headersFile());
await report();

async function requirePackage() {
  try {
    await stat(join(pkg, "dist/inline.js"));
  } catch {
    console.error("www: pkg/dist/inline.js is missing; run `cargo xtask package` first");
    process.exit(1);
  }
}

/** index.html with its texts: `{{csp}}`, `{{styles}}`, and `{{path.in.text}}`; an unknown name stops the build. */
async function pageHtml() {
  const styles = (await readdir(join(here, "view"))).filter((name) => name.endsWith(".css")).sort();
  const links = styles.map((name) => `<link rel="stylesheet" href="view/${name}">`).join("\n");
  const html = await readFile(join(here, "index.html"), "utf8");
  return html.replace(/\{\{([\w.]+)\}\}/g, (_, name) => {
    if (name === "csp") return CSP_META;
    if (name === "styles") return links;
    const value = name.split(".").reduce((part, key) => part?.[key], text);
    if (typeof value !== "string") throw new Error(`index.html names a text that text.js does not have: ${name}`);
    return escapeHtml(value);
  });
}

function escapeHtml(value) {
  return value.replace(/[&<>"]/g, (sign) => ({ "&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;" })[sign]);
}

/** Read by Cloudflare's and Netlify's static hosting; other servers ignore it. */
function headersFile() {
  const lines = Object.entries(HEADERS).map(([name, value]) => `  ${name}: ${value}`);
  return ["/*", ...lines, ""].join("\n");
}

async function report() {
  let page = 0;
  let sample = 0;
  for (const entry of await readdir(dist, { recursive: true, withFileTypes: true })) {
    if (!entry.isFile()) continue;
    const path = join(entry.parentPath, entry.name);
    const bytes = gzipSync(await readFile(path)).length;
    if (path.startsWith(join(dist, "sample"))) sample += bytes;
    else page += bytes;
  }
  const kilobytes = (bytes) => `${(bytes / 1000).toFixed(0)} kB`;
  console.log(`www/dist: ${kilobytes(page)} gzip, and ${kilobytes(sample)} gzip of sample`);
}
