import { test } from "node:test";
import { readFile } from "node:fs/promises";
import { assertAnswers } from "./support/answers.mjs";
import { installAsUser, run } from "./support/user.mjs";

const smoke = await readFile(new URL("support/smoke.js", import.meta.url), "utf8");

test("Node imports it", async (t) => {
  const folder = await installAsUser(t, {
    "smoke.mjs": smoke,
    "main.mjs": `
      import * as labelgate from "labelgate";
      import { smoke } from "./smoke.mjs";
      console.log(JSON.stringify(await smoke(labelgate)));`,
  });
  assertAnswers(await run("node", ["main.mjs"], { cwd: folder }));
});

test("Node requires it", async (t) => {
  const folder = await installAsUser(t, {
    "smoke.mjs": smoke,
    "main.cjs": `
      const labelgate = require("labelgate");
      const { smoke } = require("./smoke.mjs");
      smoke(labelgate).then((answers) => console.log(JSON.stringify(answers)));`,
  });
  assertAnswers(await run("node", ["main.cjs"], { cwd: folder }));
});

test("Node loads the slim entry with the file that the package exports", async (t) => {
  const folder = await installAsUser(t, {
    "smoke.mjs": smoke,
    "main.mjs": `
      import { readFile } from "node:fs/promises";
      import { createRequire } from "node:module";
      import * as labelgate from "labelgate/slim";
      import { smoke } from "./smoke.mjs";
      await labelgate.init(readFile(createRequire(import.meta.url).resolve("labelgate/labelgate.wasm")));
      await labelgate.initBom(readFile(createRequire(import.meta.url).resolve("labelgate/bom.wasm")));
      await labelgate.initMore(readFile(createRequire(import.meta.url).resolve("labelgate/more.wasm")));
      console.log(JSON.stringify(await smoke(labelgate)));`,
  });
  assertAnswers(await run("node", ["main.mjs"], { cwd: folder }));
});
