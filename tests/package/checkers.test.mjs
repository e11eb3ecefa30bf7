import { test } from "node:test";
import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { publint } from "publint";
import { pack, program, run } from "./support/user.mjs";

test("publint finds nothing in the packed tarball, strictly", async () => {
  const tarball = await readFile(await pack());
  const { messages } = await publint({
    pack: { tarball: tarball.buffer.slice(tarball.byteOffset, tarball.byteOffset + tarball.length) },
    strict: true,
  });
  assert.deepEqual(messages, []);
});

test("attw finds that the types fit what is loaded", async () => {
  // The profile says what the package promises: ES modules only. Node 10 knows no `exports`.
  await run(program("attw"), [await pack(), "--profile", "esm-only", "--no-emoji", "--format", "ascii"]);
});
