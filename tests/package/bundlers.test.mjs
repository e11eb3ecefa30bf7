/* What bundlers make of the package, opened in Chromium: the gate, and hashing in a worker. */
import { after, test } from "node:test";
import assert from "node:assert/strict";
import { readFile, readdir } from "node:fs/promises";
import { join } from "node:path";
import { promisify } from "node:util";
import * as esbuild from "esbuild";
import { build as viteBuild } from "vite";
import webpack from "webpack";
import { assertAnswers } from "./support/answers.mjs";
import { launchBrowser, openPage, serve } from "./support/page.mjs";
import { installAsUser } from "./support/user.mjs";

const smoke = await readFile(new URL("support/smoke.js", import.meta.url), "utf8");
const FILES = {
  "smoke.mjs": smoke,
  "main.mjs": `
    import * as labelgate from "labelgate";
    import { smoke } from "./smoke.mjs";
    const answers = await smoke(labelgate);
    await new labelgate.Hasher().hash(new Blob(["x"]), { worker: true });
    globalThis.answers = JSON.stringify(answers);`,
  "index.html": '<!doctype html><link rel="icon" href="data:,"><script type="module" src="/main.mjs"></script>',
};
const browser = await launchBrowser();
after(() => browser.close());

test("Vite", async (t) => {
  const folder = await installAsUser(t, FILES);
  await viteBuild({ root: folder, logLevel: "error", configFile: false, build: { target: "es2022" } });
  await assertPage(t, join(folder, "dist"), { inWorker: true });
});

test("webpack", async (t) => {
  const folder = await installAsUser(t, FILES);
  const output = { path: join(folder, "dist"), filename: "main.js" };
  const compiler = webpack({ mode: "production", context: folder, entry: "./main.mjs", output });
  const stats = await promisify(compiler.run.bind(compiler))();
  await promisify(compiler.close.bind(compiler))();
  assert.deepEqual(stats.toJson().errors, []);
  await assertPage(t, join(folder, "dist"), { script: "main.js", inWorker: true });
});

test("esbuild: the worker's file is not found, so hashing happens in place", async (t) => {
  const folder = await installAsUser(t, FILES);
  await esbuild.build({
    absWorkingDir: folder,
    entryPoints: ["main.mjs"],
    outdir: "dist",
    bundle: true,
    format: "esm",
    target: "es2022",
    logLevel: "error",
  });
  await assertPage(t, join(folder, "dist"), { script: "main.js", inWorker: false });
});

async function assertPage(t, folder, { script, inWorker }) {
  // The modules travel inside the JavaScript: second copies beside it would be dead weight. Two files may lie there:
  // the builds for engines without SIMD, which nobody else downloads.
  const names = await readdir(folder, { recursive: true });
  assert.ok(names.filter((name) => name.endsWith(".wasm")).length <= 2);
  const html = `<!doctype html><link rel="icon" href="data:,"><script type="module" src="/${script}"></script>`;
  const pages = { "/": script === undefined ? await readFile(join(folder, "index.html")) : html };
  const { origin } = await serve(t, { folders: { "/": folder }, pages });
  const { page } = await openPage(t, browser, origin);
  await page.waitForFunction(() => globalThis.answers !== undefined);
  assertAnswers(await page.evaluate(() => globalThis.answers));
  const loaded = await page.evaluate(() => performance.getEntriesByType("resource").map(({ name }) => name));
  assert.deepEqual(loaded.filter((name) => name.endsWith(".wasm")), []);
  assert.equal(page.workers().length, inWorker ? 1 : 0);
}
