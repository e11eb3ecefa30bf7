// The golden verdicts of the repository, byte for byte, in workerd.

import assert from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";
import path from "node:path";
import { after, before, test } from "node:test";
import { fileURLToPath } from "node:url";

import { Miniflare } from "miniflare";

import { modulesOf } from "../local.mjs";

const folder = fileURLToPath(new URL("../../tests/data/", import.meta.url));
const files = readdirSync(folder, { recursive: true }).filter((name) => name.endsWith(".vector")).sort();

let miniflare;
before(async () => {
  miniflare = new Miniflare({
    cf: false,
    compatibilityDate: "2026-04-01",
    modules: await modulesOf(fileURLToPath(new URL("vectors/worker.ts", import.meta.url))),
  });
  await miniflare.ready;
});
after(() => miniflare.dispose());

test("there are vectors", () => assert.ok(files.length > 0));

for (const name of files) {
  test(`${name.replace(/\.vector$/, "")} gives the same bytes, whole and step by step`, async () => {
    const vector = readVector(path.join(folder, name));
    assert.ok(vector.steps.length > 0);
    const response = await miniflare.dispatchFetch("http://vectors/", { method: "POST", body: JSON.stringify(vector) });
    const { whole, apart } = await response.json();
    for (const [index, { full, view }] of vector.steps.entries()) {
      assert.equal(whole[index][0], full, `step ${index + 1}`);
      assert.deepEqual(apart[index], [full, view], `step ${index + 1}`);
    }
  });
}

/** Line 1 is the header; then for each submission `> time bytes`, `= full verdict`, `~ annotator's view`. */
function readVector(file) {
  const [header, ...lines] = readFileSync(file, "utf8").split("\n");
  const { policy = {}, before, bom = null, checkpoint, gold = null } = JSON.parse(header);
  const steps = [];
  for (const line of lines.filter((line) => line !== "")) {
    const rest = line.slice(2);
    switch (line.slice(0, 2)) {
      case "> ": {
        const space = rest.indexOf(" ");
        const sent = rest.slice(space + 1);
        const submission = sent.startsWith("base64:") ? sent.slice(7) : Buffer.from(sent).toString("base64");
        steps.push({ nowMs: Number(rest.slice(0, space)), submission });
        break;
      }
      case "= ":
        steps.at(-1).full = rest;
        break;
      case "~ ":
        steps.at(-1).view = rest;
        break;
      default:
        assert.fail(`${file}: a line begins with \`> \`, \`= \` or \`~ \`: ${line}`);
    }
  }
  return { policy, before, bom, checkpoint, gold, steps };
}
