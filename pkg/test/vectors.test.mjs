/* The golden verdicts, in Node and in Chromium: the files that the Rust and the edge tests read too. */
import { after, test } from "node:test";
import assert from "node:assert/strict";
import * as labelgate from "labelgate";
import { launchBrowser } from "../../tests/package/support/page.mjs";
import { openPackagePage } from "./support/package-page.mjs";
import { findVectors } from "./support/vector-files.mjs";
import { replay } from "./support/vectors.js";

const vectors = await findVectors();
const browser = await launchBrowser();
after(() => browser.close());

test("there are golden verdicts", () => assert.ok(vectors.length > 0));

for (const { name, text } of vectors) {
  test(`${name} in Node`, async () => assertSame(await replay(text, labelgate)));
}

test("in Chromium", async (t) => {
  const { page } = await openPackagePage(t, browser);
  for (const { name, text } of vectors) {
    await t.test(name, async () => {
      assertSame(
        await page.evaluate(async (text) => {
          const { replay } = await import("/test/support/vectors.js");
          return replay(text, globalThis.labelgate);
        }, text),
      );
    });
  }
});

function assertSame({ groups, differences }) {
  assert.ok(groups > 0);
  assert.deepEqual(differences, []);
}
