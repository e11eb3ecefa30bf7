// The worker as it is deployed, in workerd on this machine: for `dev.mjs` and for the tests.

import { readFile, readdir } from "node:fs/promises";
import path from "node:path";
import { fileURLToPath } from "node:url";

import { build } from "esbuild";
import { Log, LogLevel, Miniflare } from "miniflare";

const here = path.dirname(fileURLToPath(import.meta.url));
const wasmFolder = path.join(here, "../pkg/wasm");
const WASM_FILES = ["labelgate_bg.wasm", "bom_bg.wasm", "more_bg.wasm"];

/** The documents that the worker reads from its bucket. */
export const DOCUMENTS = ["policy.json", "bom.json", "bom.checkpoint", "gold.json"];

/**
 * Starts the worker and resolves once it can be called.
 *
 * @param {object} options
 * @param {string} options.backend Address that accepted submissions are sent to.
 * @param {Record<string, Uint8Array | string>} options.documents What is in the bucket, by key.
 * @param {number} [options.port] Port on 127.0.0.1; 0, the default, takes a free one.
 * @param {string} [options.persist] Folder for storage; without it, storage ends with the process.
 * @param {string} [options.www] Folder of a page to serve beside the routes.
 * @param {string} [options.operatorSecret]
 * @param {Record<string, string | number>} [options.settings] More of the worker's settings.
 * @param {() => number} [options.clock] Unix milliseconds for the worker, in tests.
 * @param {string} [options.entry] Another worker than the one that is deployed, in tests.
 * @param {boolean} [options.apart] Runs the objects in a worker of their own, with a bucket of their own, in tests: their
 *   isolates never share a gate with the one that takes the requests.
 * @param {boolean} [options.quiet] Keeps workerd's own log to itself.
 */
export async function startEdge(options) {
  const { backend, persist, clock, www } = options;
  const worker = {
    modules: await modulesOf(options.entry ?? path.join(here, "src/worker.ts")),
    compatibilityDate: "2026-04-01",
    r2Buckets: { DATA: "DATA" },
    bindings: {
      BACKEND_URL: backend,
      ...(options.operatorSecret && { OPERATOR_SECRET: options.operatorSecret }),
      ...options.settings,
    },
    ...(clock && { serviceBindings: { CLOCK: async () => new Response(String(clock())) } }),
  };
  const objects = (more) =>
    Object.fromEntries(
      [["ANNOTATORS", "AnnotatorObject"], ["ITEMS", "ItemShard"], ["BOMS", "BomObject"]].map(([binding, className]) => [
        binding,
        { className, useSQLite: true, ...more },
      ]),
    );
  const front = {
    ...worker,
    name: "labelgate",
    durableObjects: objects(options.apart && { scriptName: "objects" }),
    ...(www && { assets: { directory: www, binding: "ASSETS", routerConfig: { has_user_worker: true } } }),
  };
  const behind = { ...worker, name: "objects", durableObjects: objects(), r2Buckets: { DATA: "DATA-OF-OBJECTS" } };
  const miniflare = new Miniflare({
    host: "127.0.0.1",
    port: options.port ?? 0,
    // No look-ups in the network for the object `request.cf`.
    cf: false,
    log: new Log(options.quiet ? LogLevel.NONE : LogLevel.WARN),
    ...(options.quiet && { handleRuntimeStdio: drain }),
    ...(persist && {
      durableObjectsPersist: path.join(persist, "objects"),
      r2Persist: path.join(persist, "bucket"),
    }),
    workers: options.apart ? [front, behind] : [front],
  });
  try {
    const url = (await miniflare.ready).origin;
    for (const name of options.apart ? ["labelgate", "objects"] : ["labelgate"]) {
      const bucket = await miniflare.getR2Bucket("DATA", name);
      for (const [key, bytes] of Object.entries(options.documents).filter(([, bytes]) => bytes !== undefined)) {
        // A copy, because the way to workerd takes no view of a larger buffer, which Node's often are.
        await bucket.put(key, typeof bytes === "string" ? bytes : Uint8Array.from(bytes).buffer);
      }
    }
    return { url, miniflare, end: () => miniflare.dispose() };
  } catch (error) {
    await miniflare.dispose();
    throw error;
  }
}

/** Reads the documents in a folder. Those that are missing are left out; the worker says what it needs. */
export async function documentsIn(folder) {
  const there = (await readdir(folder)).filter((name) => DOCUMENTS.includes(name));
  return Object.fromEntries(
    await Promise.all(there.map(async (name) => [name, await readFile(path.join(folder, name))])),
  );
}

/** One JavaScript module, and the wasm module beside it as workerd wants it: compiled before any request. */
export async function modulesOf(entry) {
  const bundle = await build({
    entryPoints: [entry],
    bundle: true,
    write: false,
    format: "esm",
    target: "es2024",
    external: ["cloudflare:*"],
    logLevel: "silent",
    plugins: [
      {
        name: "wasm-beside-the-bundle",
        setup({ onResolve }) {
          onResolve({ filter: /\.wasm$/ }, ({ path: file }) => ({ path: `./${path.basename(file)}`, external: true }));
        },
      },
    ],
  });
  return [
    { type: "ESModule", path: "worker.js", contents: bundle.outputFiles[0].text },
    ...(await Promise.all(
      WASM_FILES.map(async (name) => ({
        type: "CompiledWasm",
        path: name,
        contents: await readFile(path.join(wasmFolder, name)),
      })),
    )),
  ];
}

function drain(...streams) {
  for (const stream of streams) {
    stream.resume();
  }
}
