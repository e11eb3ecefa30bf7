// The benches in a page. `chromium.mjs` bundles and serves this file, and calls what it puts on `window`.

import { Ajv } from "ajv";
import { Gate as PackageGate, httpRanges } from "../../pkg/entries/browser.js";
import { run } from "./core.mjs";
import { coldInput, coldStart, unseen } from "./start.mjs";

const GLUE = "/labelgate.js";

async function fetchModule() {
  const answer = await fetch("/labelgate_bg.wasm");
  return new Uint8Array(await answer.arrayBuffer());
}

let imported = 0;

window.benches = {
  run: async (origin) =>
    run({
      module: await fetchModule(),
      freshGlue: () => import(`${GLUE}?${(imported += 1)}`),
      PackageGate,
      httpRanges,
      origin,
      Ajv,
      coldStarts: () => window.coldStarts(),
      log: console.log,
    }),
  // Called in a page of its own each time.
  cold: async () => coldStart(await import(GLUE), unseen(await fetchModule()), coldInput()),
};
