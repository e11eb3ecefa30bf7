// The hashing benches in a page; `chromium.mjs` beside this file bundles and serves it.

import * as hashWasm from "hash-wasm";
import "../../../pkg/entries/browser.js";
import { Report } from "../measure.mjs";
import { run } from "./core.mjs";

window.hashing = async () => {
  const report = new Report(console.log);
  const tape = await WebAssembly.compile(await (await fetch("/peer.wasm")).arrayBuffer());
  await run({ runtime: "chromium", tape, hashWasm, report });
  report.end();
};
