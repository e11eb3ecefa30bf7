/* Every JavaScript snippet of the README at the root, against the packed package. Its shell and Rust blocks: tests/documents.rs. */
import { test } from "node:test";
import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { installAsUser, run } from "./support/user.mjs";

const readme = await readFile(new URL("../../README.md", import.meta.url), "utf8");
const snippets = [...readme.matchAll(/^```js\n(.*?)^```$/gms)].map(([, text]) => text);

test("there are snippets in it", () => {
  assert.ok(snippets.length > 0);
});

for (const snippet of snippets) {
  // A snippet that says nothing of what it prints could be wrong unseen.
  const expected = [...snippet.matchAll(/\/\/ prints: (.+)$/gm)].map(([, line]) => `${line}\n`).join("");
  test(`what prints what it says: ${expected.trim()}`, async (t) => {
    assert.notEqual(expected, "");
    const folder = await installAsUser(t, { "snippet.mjs": snippet });
    assert.equal(await run("node", ["snippet.mjs"], { cwd: folder }), expected);
  });
}
