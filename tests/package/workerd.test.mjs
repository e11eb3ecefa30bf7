import { test } from "node:test";
import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { assertAnswers } from "./support/answers.mjs";
import { installAsUser } from "./support/user.mjs";
import { bundleForWorkerd, serveWithWorkerd } from "./support/workerd.mjs";

const smoke = await readFile(new URL("support/smoke.js", import.meta.url), "utf8");

test("workerd runs it, bundled as Wrangler does", async (t) => {
  const folder = await installAsUser(t, {
    "smoke.mjs": smoke,
    "main.mjs": `
      import * as labelgate from "labelgate";
      import { smoke } from "./smoke.mjs";
      export default { fetch: async () => Response.json(await smoke(labelgate)) };`,
  });
  const origin = await serveWithWorkerd(t, folder, await bundleForWorkerd(folder));
  const response = await fetch(origin);
  const text = await response.text();
  assert.equal(response.status, 200, text);
  assertAnswers(text);
});
