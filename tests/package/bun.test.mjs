import { test } from "node:test";
import { readFile } from "node:fs/promises";
import { assertAnswers } from "./support/answers.mjs";
import { installAsUser, program, run } from "./support/user.mjs";

const files = {
  "smoke.mjs": await readFile(new URL("support/smoke.js", import.meta.url), "utf8"),
  "main.mjs": `
    import * as labelgate from "labelgate";
    import { smoke } from "./smoke.mjs";
    console.log(JSON.stringify(await smoke(labelgate)));`,
};

test("Bun imports it", async (t) => {
  const folder = await installAsUser(t, files);
  assertAnswers(await run(program("bun"), ["main.mjs"], { cwd: folder }));
});

test("Bun bundles it together with its wasm", async (t) => {
  const folder = await installAsUser(t, files);
  await run(program("bun"), ["build", "main.mjs", "--target", "bun", "--outdir", "out"], { cwd: folder });
  assertAnswers(await run(program("bun"), ["out/main.js"], { cwd: folder }));
});
