/* Every snippet of the package's README, run as its reader would. */
import { after, test } from "node:test";
import assert from "node:assert/strict";
import { createHash, generateKeyPairSync, sign } from "node:crypto";
import { mkdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { build } from "esbuild";
import { launchBrowser, openPage, serve } from "./support/page.mjs";
import { PACKAGE, installAsUser, run } from "./support/user.mjs";
import { bundleForWorkerd, serveWithWorkerd } from "./support/workerd.mjs";

const readme = await readFile(join(PACKAGE, "README.md"), "utf8");
const snippets = [...readme.matchAll(/^```(\w+)\n(.*?)^```$/gms)].map(([, language, text]) => ({ language, text }));
const CSP = /^Content-Security-Policy: (.+)$/m.exec(readme)[1];

/** The snippets still to be run; each test takes its own, so that none is left. */
const left = new Set(snippets);
function take(language, part) {
  const found = snippets.filter((snippet) => snippet.language === language && snippet.text.includes(part));
  assert.equal(found.length, 1, `one ${language} snippet with ${part}`);
  left.delete(found[0]);
  return found[0].text;
}

/** What the publisher of the README's example made: img-1.png with the bytes "abc". */
const BOM = JSON.stringify({
  bomFormat: "CycloneDX",
  specVersion: "1.7",
  components: [
    {
      type: "data",
      "bom-ref": "pets",
      name: "pets",
      components: [{ type: "file", name: "img-1.png", hashes: [{ alg: "SHA-256", content: sha256("abc") }] }],
    },
  ],
  compositions: [{ aggregate: "complete", assemblies: ["pets"] }],
});

const browser = await launchBrowser();
after(() => browser.close());

test("the installation, by installing", async (t) => {
  // `installAsUser` runs this very line, against a registry of our own.
  assert.equal(take("sh", "npm install"), "npm install labelgate\n");
  await installAsUser(t);
});

for (const part of ["for a first try", "gate.save()", "gate.observeAnnotator", "hashMany", "majority-vote"]) {
  test(`what prints what it says: ${part}`, async (t) => {
    const text = take("js", part);
    const [, expected] = /\/\/ prints: (.+)$/m.exec(text);
    const folder = await installAsUser(t, { "snippet.mjs": text });
    assert.equal(await run("node", ["snippet.mjs"], { cwd: folder }), `${expected}\n`);
  });
}

test("the verdict shown is the verdict given", async (t) => {
  const text = take("js", "console.log(verdict);").replace(
    "console.log(verdict)",
    "console.log(JSON.stringify(verdict))",
  );
  const folder = await installAsUser(t, { "snippet.mjs": text, "bom.json": BOM });
  const given = JSON.parse(await run("node", ["snippet.mjs"], { cwd: folder }));
  // The policy's digest changes with every default; the README shows none.
  assert.match(given.policy, /^sha256:[0-9a-f]{64}$/);
  assert.deepEqual({ ...given, policy: "sha256:…" }, JSON.parse(take("json", "decision")));
});

test("files against a list that is signed", async (t) => {
  const { privateKey, publicKey } = generateKeyPairSync("ed25519");
  const jwk = publicKey.export({ format: "jwk" });
  const bom = { ...JSON.parse(BOM), serialNumber: "urn:uuid:0b8a6b3e-6d4c-4a57-8f0a-0d5d6f8f2c11" };
  const signature = { algorithm: "Ed25519", publicKey: jwk };
  const value = sign(null, Buffer.from(canonical({ ...bom, signature })), privateKey).toString("base64url");
  const folder = await installAsUser(t, {
    "snippet.mjs": take("js", "Bom.load"),
    "publisher.jwk": JSON.stringify(jwk),
    "bom.json": JSON.stringify({ ...bom, signature: { ...signature, value } }),
  });
  await mkdir(join(folder, "data"));
  await writeFile(join(folder, "data/img-1.png"), "abc");
  const none = "altered: 0,\n  missing: 0,\n  extra: 0,\n  swapped: 0,\n  moved: 0\n}\n";
  const said = () => run("node", ["snippet.mjs"], { cwd: folder });
  assert.equal(await said(), `{\n  verified: true,\n  matched: 1,\n  ${none}`);
  await writeFile(join(folder, "data/img-1.png"), "abd");
  assert.match(await said(), /verified: false,\s+matched: 0,\s+altered: 1,[^]*img-1\.png \[[^]*sha256:ba78/);
});

test("the page", async (t) => {
  const folder = await installAsUser(t, {
    "index.html": take("html", "item.js"),
    "source.js": take("js", "// item.js"),
    "bom.json": BOM,
  });
  await bundle(folder, "source.js", "item.js");
  const page = await openSnippet(t, folder, `${CSP}; connect-src 'self'`, "/index.html");
  const verdictOf = async (buffer, decision) => {
    await page.setInputFiles("#item", { name: "img-1.png", mimeType: "image/png", buffer });
    await page.waitForFunction(
      (decision) => document.querySelector("#verdict").textContent.startsWith(decision),
      decision,
    );
    return page.textContent("#verdict");
  };
  assert.equal(await verdictOf(Buffer.from("abc"), "accept"), "accept");
  assert.equal(await page.evaluate(() => document.querySelector("#progress").value), 1);
  assert.match(await verdictOf(Buffer.from("other bytes"), "reject"), /^reject: .+/);
});

test("the worker", async (t) => {
  const folder = await installAsUser(t, { "main.mjs": take("js", "async fetch(request)") });
  const origin = await serveWithWorkerd(t, folder, await bundleForWorkerd(folder));
  const post = async (body) => {
    const response = await fetch(origin, { method: "POST", body });
    return [response.status, await response.json()];
  };
  const good = { id: "s-1", annotator: "ann-7", item: { id: "img-1" }, label: { class: "cat" } };
  assert.deepEqual(await post(JSON.stringify(good)), [202, { decision: "accept" }]);
  assert.deepEqual(await post("{"), [422, { decision: "reject" }]);
});

test("the slim entry", async (t) => {
  const folder = await installAsUser(t, {
    "index.html": '<!doctype html><script type="module" src="item.js"></script>',
    "source.js": take("js", "labelgate/slim"),
  });
  await bundle(folder, "source.js", "item.js");
  await writeFile(
    join(folder, "labelgate.wasm"),
    await readFile(join(folder, "node_modules/labelgate/wasm/labelgate_bg.wasm")),
  );
  const page = await openSnippet(t, folder, `${CSP}; connect-src 'self'`, "/index.html");
  await page.waitForFunction(() => document.title === "reject");
});

test("the policy line, which the page tests send", () => {
  assert.equal(take("http", "wasm-unsafe-eval"), `Content-Security-Policy: ${CSP}\n`);
});

test("the wasm's hash", async (t) => {
  const folder = await installAsUser(t);
  const printed = await run("sh", ["-c", take("sh", "sha256sum")], { cwd: folder });
  const built = createHash("sha256")
    .update(await readFile(join(PACKAGE, "wasm/labelgate_bg.wasm")))
    .digest("hex");
  assert.equal(printed.split(" ")[0], built);
});

test("the versions in the table of runtimes are those that the tests run", async () => {
  const manifest = JSON.parse(await readFile(new URL("package.json", import.meta.url), "utf8"));
  for (const name of ["deno", "bun", "workerd", "vite", "webpack", "esbuild"]) {
    const row = new RegExp(`^\\| ${name} \\| ${manifest.devDependencies[name]} \\|`, "im");
    assert.match(readme, row);
  }
  assert.match(
    readme,
    new RegExp(
      `TypeScript ${manifest.devDependencies.typescript} and ${manifest.devDependencies["typescript-5"].split("@")[1]}`,
    ),
  );
  assert.match(readme, new RegExp(`^\\| Chromium \\| ${browser.version().split(".")[0]} \\|`, "m"));
});

test("no snippet is left out", () => {
  assert.ok(snippets.length > 8);
  assert.deepEqual([...left], []);
});

/** RFC 8785, for values of strings alone. */
function canonical(value) {
  if (Array.isArray(value)) return `[${value.map(canonical).join(",")}]`;
  if (typeof value !== "object") return JSON.stringify(value);
  const members = Object.keys(value).sort();
  return `{${members.map((name) => `${JSON.stringify(name)}:${canonical(value[name])}`).join(",")}}`;
}

function sha256(text) {
  return createHash("sha256").update(text).digest("hex");
}

async function bundle(folder, from, to) {
  const options = { bundle: true, format: "esm", target: "es2022", logLevel: "error" };
  await build({ absWorkingDir: folder, entryPoints: [from], outfile: to, ...options });
}

async function openSnippet(t, folder, csp, path) {
  const { origin } = await serve(t, { folders: { "/": folder }, headers: { "content-security-policy": csp } });
  const { page } = await openPage(t, browser, origin + path);
  return page;
}
