// The benches in Chromium: `node benches/wasm/chromium.mjs [--json FILE]`. The package must have been made.

import { readFileSync, writeFileSync } from "node:fs";
import { parseArgs } from "node:util";

import { serveBillion } from "./billion.mjs";
import { withPage } from "./browser.mjs";

const { values } = parseArgs({ options: { json: { type: "string" } } });
const read = (path) => readFileSync(new URL(path, import.meta.url));
const files = {
  "/labelgate.js": read("../../pkg/wasm/labelgate.js"),
  "/labelgate_bg.wasm": read("../../pkg/wasm/labelgate_bg.wasm"),
};

const billion = await serveBillion();
try {
  await withPage({ entry: new URL("page.mjs", import.meta.url), files }, async (openPage) => {
    const open = () => openPage(() => window.benches !== undefined);
    const page = await open();
    page.on("console", (message) => console.log(message.text()));
    await page.exposeFunction("coldStarts", async () => {
      const times = [];
      for (let n = 0; n < 15; n += 1) {
        const fresh = await open();
        times.push(await fresh.evaluate(() => window.benches.cold()));
        await fresh.close();
      }
      return times;
    });
    const figures = await page.evaluate((origin) => window.benches.run(origin), billion.origin);
    if (values.json) writeFileSync(values.json, JSON.stringify(figures, null, 2));
  });
} finally {
  billion.close();
}
