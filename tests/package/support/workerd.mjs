/* workerd itself, with a worker that was bundled as Wrangler does. */
import { spawn } from "node:child_process";
import { once } from "node:events";
import { readdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { build } from "esbuild";
import { program } from "./user.mjs";

/** Bundles main.mjs into one script, with every `.wasm` beside it as a module of its own; answers their names. */
export async function bundleForWorkerd(folder) {
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

/** Serves the bundled worker until the test ends; answers its address. */
export async function serveWithWorkerd(t, folder, modules) {
  // The script must come first: it is the worker's main module.
  const ordered = modules.toSorted((a, b) => Number(b.endsWith(".js")) - Number(a.endsWith(".js")));
  const listed = ordered.map(
    (name) => `(name = "${name}", ${name.endsWith(".js") ? "esModule" : "wasm"} = embed "out/${name}")`,
  );
  const config = `using Workerd = import "/workerd/workerd.capnp";
    const config :Workerd.Config = (
      services = [(name = "main", worker = (modules = [${listed.join(", ")}], compatibilityDate = "2026-10-01"))],
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
