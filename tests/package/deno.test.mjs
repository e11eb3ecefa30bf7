import { test } from "node:test";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { assertAnswers } from "./support/answers.mjs";
import { installAsUser, program, run } from "./support/user.mjs";

const smoke = await readFile(new URL("support/smoke.js", import.meta.url), "utf8");

test("Deno imports it and needs no permission", async (t) => {
  const folder = await installAsUser(t, {
    "smoke.mjs": smoke,
    "main.mjs": `
      import * as labelgate from "labelgate";
      import { smoke } from "./smoke.mjs";
      console.log(JSON.stringify(await smoke(labelgate)));`,
  });
  const env = { DENO_DIR: join(folder, ".deno"), DENO_NO_UPDATE_CHECK: "1" };
  assertAnswers(await run(program("deno"), ["run", "--no-prompt", "--cached-only", "main.mjs"], { cwd: folder, env }));
});
