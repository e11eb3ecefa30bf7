// The hashing benches in Chromium: `node benches/wasm/hashing/chromium.mjs PEER.wasm`. The package must have been made.

import { readFileSync } from "node:fs";

import { withPage } from "../browser.mjs";

const files = { "/peer.wasm": readFileSync(process.argv[2]) };

await withPage({ entry: new URL("page.mjs", import.meta.url), files }, async (openPage) => {
  const page = await openPage(() => window.hashing !== undefined);
  page.on("console", (message) => console.log(message.text()));
  await page.evaluate(() => window.hashing());
});
