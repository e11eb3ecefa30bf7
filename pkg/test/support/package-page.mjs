/* A page that imports the package's browser entry, served under the Content-Security-Policy of the README. */
import { readFile } from "node:fs/promises";
import { fileURLToPath } from "node:url";
import { openPage, serve } from "../../../tests/package/support/page.mjs";

const PACKAGE = fileURLToPath(new URL("../../", import.meta.url));
const readme = await readFile(new URL("../../README.md", import.meta.url), "utf8");

/** The line that the README tells its readers to send. */
export const [, README_CSP] = /^Content-Security-Policy: (.+)$/m.exec(readme);

/** Opens the page; `labelgate` is a global there. `csp` replaces the README's, `entry` the browser's. */
export async function openPackagePage(t, browser, { csp = README_CSP, entry = "browser.js", pages = {} } = {}) {
  const { origin, requests } = await serve(t, {
    folders: { "/": PACKAGE },
    pages: {
      "/": '<!doctype html><link rel="icon" href="data:,"><script type="module" src="/main.js"></script>',
      "/main.js": `import * as labelgate from "/entries/${entry}"; globalThis.labelgate = labelgate;`,
      ...pages,
    },
    headers: { "content-security-policy": csp },
  });
  const opened = await openPage(t, browser, origin);
  await opened.page.waitForFunction(() => globalThis.labelgate !== undefined);
  return { ...opened, origin, requests };
}
