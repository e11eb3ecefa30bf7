// The hashing benches in Node: `node benches/wasm/hashing/node.mjs PEER.wasm`. The package must have been made.

import { readFileSync } from "node:fs";
import { cpus } from "node:os";

import hashWasm from "hash-wasm";
import "../../../pkg/entries/node.js";
import { Report } from "../measure.mjs";
import { run } from "./core.mjs";

console.log(`Node ${process.versions.node}, V8 ${process.versions.v8}, ${cpus().length} processors`);
const report = new Report(console.log);
const tape = new WebAssembly.Module(readFileSync(process.argv[2]));
await run({ runtime: "node", tape, hashWasm, report });
report.end();
