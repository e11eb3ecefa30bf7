import { test } from "node:test";
import assert from "node:assert/strict";
import { publint } from "publint";
import { pack, program, run } from "./support/user.mjs";
import { readFile } from "node:fs/promises";

test("publint finds nothing in the packed tarball, strictly", async (t) => {
  const tarball = await readFile(await pack(t));
  const { messages } = await publint({ pack: { tarball: tarball.buffer.slice(tarball.byteOffset, tarball.byteOffset + tarball.length) }, strict: true });
  assert.deepEqual(messages, []);
});

test("attw finds that the types fit what is loaded", async (t) => {
  // The profile says what the package promises: ES modules only. Node 10 knows no `exports`.
  await run(program("attw"), [await pack(t), "--profile", "esm-only", "--no-emoji", "--format", "ascii"]);
});
