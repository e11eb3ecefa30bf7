import { after, test } from "node:test";
import assert from "node:assert/strict";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { assertAnswers } from "./support/answers.mjs";
import { launchBrowser, openPage, serve } from "./support/page.mjs";
import { installAsUser } from "./support/user.mjs";

const SUPPORT = fileURLToPath(new URL("support", import.meta.url));
const browser = await launchBrowser();
after(() => browser.close());

test("a plain page imports it, without a bundler", async (t) => {
  const { page, errors } = await open(t, '<!doctype html><script type="module" src="/main.js"></script>');
  await page.waitForFunction(() => globalThis.answers !== undefined);
  assertAnswers(await page.evaluate(() => globalThis.answers));
  assert.deepEqual(errors, []);
});

test("a classic script imports it when it is needed", async (t) => {
  const { page, errors } = await open(t, '<!doctype html><script src="/classic.js"></script>');
  await page.waitForFunction(() => globalThis.answers !== undefined);
  assertAnswers(await page.evaluate(() => globalThis.answers));
  assert.deepEqual(errors, []);
});

async function open(t, html) {
  const folder = await installAsUser(t);
  const { origin } = await serve(t, {
    folders: { "/labelgate/": join(folder, "node_modules/labelgate"), "/support/": SUPPORT },
    pages: {
      "/": html,
      "/main.js": `
        import * as labelgate from "/labelgate/entries/browser.js";
        import { smoke } from "/support/smoke.js";
        globalThis.answers = JSON.stringify(await smoke(labelgate));`,
      "/classic.js": `
        Promise.all([import("/labelgate/entries/browser.js"), import("/support/smoke.js")])
          .then(([labelgate, { smoke }]) => smoke(labelgate))
          .then((answers) => { globalThis.answers = JSON.stringify(answers); });`,
    },
    headers: { "content-security-policy": "default-src 'none'; script-src 'self' 'wasm-unsafe-eval'" },
  });
  return openPage(t, browser, origin);
}
