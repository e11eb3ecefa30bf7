// The benches in Node: `node benches/wasm/node.mjs [--json FILE]`. The package must have been made.

import { execFileSync } from "node:child_process";
import { readFileSync, writeFileSync } from "node:fs";
import { cpus } from "node:os";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";

import { Ajv } from "ajv";
import { Gate as PackageGate, httpRanges } from "../../pkg/entries/node.js";
import { serveBillion } from "./billion.mjs";
import { run } from "./core.mjs";

const { values } = parseArgs({ options: { json: { type: "string" } } });
const module = readFileSync(new URL("../../pkg/wasm/labelgate_bg.wasm", import.meta.url));
const cold = fileURLToPath(new URL("cold.mjs", import.meta.url));
let imported = 0;

console.log(`Node ${process.versions.node}, V8 ${process.versions.v8}, ${cpus().length} processors`);
const billion = await serveBillion();
const figures = await run({
  module: new Uint8Array(module),
  freshGlue: () => import(`../../pkg/wasm/labelgate.js?${(imported += 1)}`),
  PackageGate,
  httpRanges,
  origin: billion.origin,
  Ajv,
  coldStarts: async () => Array.from({ length: 15 }, () => Number(execFileSync(process.execPath, [cold], { encoding: "utf8" }))),
  log: console.log,
});
billion.close();
if (values.json) writeFileSync(values.json, JSON.stringify(figures, null, 2));
