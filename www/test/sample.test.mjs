import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { mkdtemp, readdir, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";

const SAMPLE = fileURLToPath(new URL("../sample/", import.meta.url));

test("the script makes the very sample that is here", async () => {
  const folder = await mkdtemp(join(tmpdir(), "labelgate-sample-"));
  await promisify(execFile)(process.execPath, [join(SAMPLE, "make.mjs"), folder]);
  const made = (await readdir(folder, { recursive: true })).filter((name) => name.includes("."));
  assert.equal(made.length, 20 + 4);
  for (const name of made) {
    const [one, other] = await Promise.all([readFile(join(folder, name)), readFile(join(SAMPLE, name))]);
    assert.ok(one.equals(other), `${name} differs`);
  }
  assert.equal((await readdir(join(SAMPLE, "items"))).length, 20, "no item is left over from earlier");
  await rm(folder, { recursive: true });
});

test("no file of the built page knows an answer of the sample", async () => {
  const dist = fileURLToPath(new URL("../dist/", import.meta.url));
  const files = (await readdir(dist, { recursive: true })).filter((name) => /\.(js|json|svg|txt)$/.test(name));
  assert.ok(files.length > 30);
  for (const name of files) assert.doesNotMatch(await readFile(join(dist, name), "utf8"), /"?answer"?: "(bird|cat|fish|snail)"/, name);
});
