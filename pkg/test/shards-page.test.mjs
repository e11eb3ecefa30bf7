/* The index of a sharded BOM in Chromium: from a server of another origin, and from files that were dropped. */
import { after, test } from "node:test";
import assert from "node:assert/strict";
import { launchBrowser } from "../../tests/package/support/page.mjs";
import { NOW, sha256, submission } from "./support/crowd.mjs";
import { itemIndex } from "./support/item-index.mjs";
import { README_CSP, openPackagePage } from "./support/package-page.mjs";
import { rangeServer } from "./support/range-server.mjs";

const browser = await launchBrowser();
after(() => browser.close());

const INDEX = itemIndex(
  Array.from({ length: 100 }, (_, n) => sha256(`img-${n}.png`)),
  { prefixBits: 2, slotsPerFile: 2 },
);
const of = (name) => submission({ id: name, annotator: name, item: { id: name, digest: { sha256: sha256(name) } } });
const GIVEN = {
  bom: INDEX.bom,
  manifest: new TextDecoder().decode(INDEX.manifest),
  submissions: ["img-1.png", "img-99.png", "other.png"].map(of),
  now: NOW,
};
const EXPECTED = ["accept", "accept", "reject"];

/** Runs in the page: the decisions, each after its item was loaded. */
async function decisions({ bom, manifest, submissions, now, from, given }) {
  const gate = new labelgate.Gate({ bom: { trust: "unsigned-for-development" } });
  await gate.loadBom(JSON.stringify(bom));
  const ranges =
    from === "http"
      ? labelgate.httpRanges(given)
      : labelgate.blobRanges(given.map(([name, bytes]) => new File([Uint8Array.from(bytes)], name)));
  gate.openIndex(new TextEncoder().encode(manifest), ranges);
  const made = [];
  for (const submission of submissions) {
    await gate.loadItem(submission);
    made.push(gate.check(submission, { now }).decision);
  }
  return made;
}

test("a page asks a server of another origin for ranges, and for nothing more", async (t) => {
  const { base, requests } = await rangeServer(t, INDEX.files);
  const csp = `${README_CSP}; connect-src ${new URL(base).origin}`;
  const { page } = await openPackagePage(t, browser, { csp });
  assert.deepEqual(await page.evaluate(decisions, { ...GIVEN, from: "http", given: base }), EXPECTED);
  assert.ok(requests.length <= 3 && requests.every(({ range }) => /^bytes=\d+-\d+$/.test(range)), requests);
});

test("dropped files are read by range, without any request", async (t) => {
  const { page, requests } = await openPackagePage(t, browser);
  await page.evaluate(() => labelgate.loadBomModule());
  const before = requests.length;
  const given = Array.from(INDEX.files, ([name, bytes]) => [name, Array.from(bytes)]);
  assert.deepEqual(await page.evaluate(decisions, { ...GIVEN, from: "blobs", given }), EXPECTED);
  assert.equal(requests.length, before);
});
