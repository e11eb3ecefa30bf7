import { test } from "node:test";
import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { readFile, readdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { build } from "esbuild";
import { assertAnswers } from "./support/answers.mjs";
import { installAsUser, program } from "./support/user.mjs";

const smoke = await readFile(new URL("support/smoke.js", import.meta.url), "utf8");

test("workerd runs it, bundled as Wrangler does", async (t) => {
  const folder = await installAsUser(t, {
    "smoke.mjs": smoke,
    "main.mjs": `
      import * as labelgate from "labelgate";
      import { smoke } from "./smoke.mjs";
      export default { fetch: async () => Response.json(await smoke(labelgate)) };`,
  });
  const modules = await bundle(folder);
  const origin = await serve(t, folder, modules);
  const response = await fetch(origin);
  const text = await response.text();
  assert.equal(response.status, 200, text);
  assertAnswers(text);
});

/** One script, and every `.wasm` beside it as a module of its own. */
async function bundle(folder) {
  await build({
    absWorkingDir: folder,
    entryPoints: ["main.mjs"],
    outdir: "out",
    bundle: true,
    format: "esm",
    target: "es2022",
    conditions: ["workerd", "worker", "browser"],
    loader: { ".wasm": "copy" },
    logLevel: "error",
  });
  return readdir(join(folder, "out"));
}

async function serve(t, folder, modules) {
  // The script must come first: it is the worker's main module.
  const ordered = modules.toSorted((a, b) => Number(b.endsWith(".js")) - Number(a.endsWith(".js")));
  const listed = ordered.map((name) => `(name = "${name}", ${name.endsWith(".js") ? "esModule" : "wasm"} = embed "out/${name}")`);
  const config = `using Workerd = import "/workerd/workerd.capnp";
    const config :Workerd.Config = (
      services = [(name = "main", worker = (modules = [${listed.join(", ")}], compatibilityDate = "2026-11-01"))],
      sockets = [(name = "http", address = "127.0.0.1:0", http = (), service = "main")]
    );`;
  await writeFile(join(folder, "config.capnp"), config);
  const server = spawn(program("workerd"), ["serve", "config.capnp", "--control-fd=3"], {
    cwd: folder,
    stdio: ["ignore", "inherit", "inherit", "pipe"],
  });
  const ended = once(server, "exit");
  t.after(async () => {
    server.kill();
    await ended;
  });
  for await (const line of createInterface({ input: server.stdio[3] })) {
    const { event, port } = JSON.parse(line);
    if (event === "listen") return `http://127.0.0.1:${port}/`;
  }
  throw new Error("workerd ended before it listened");
}
