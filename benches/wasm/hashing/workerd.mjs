// The hashing benches in workerd: `node benches/wasm/hashing/workerd.mjs PEER.wasm`. The package must have been made, and
// the npm packages of edge/ installed. hash-wasm is missing here: it compiles its module from bytes, which workerd refuses.

import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { basename } from "node:path";
import { fileURLToPath } from "node:url";

import { build } from "esbuild";
import { Report, median } from "../measure.mjs";
import { WORKLOADS } from "./workloads.mjs";

const { Miniflare, Log, LogLevel } = createRequire(new URL("../../../edge/package.json", import.meta.url))("miniflare");
const [, , peer] = process.argv;
const OURS = "labelgate, hashPacked";
const LANES = "labelgate, lanes alone";
const EACH = "WebCrypto, one by one";
const ALL = "WebCrypto, Promise.all";
const TAPE = "tape-sha256, packed";
const ROUNDS = 9;
/** Long enough that a request's own time, which is taken off, does not matter. */
const PASS_MS = 60;

const wasm = new Map();
const { outputFiles } = await build({
  entryPoints: [fileURLToPath(new URL("worker.mjs", import.meta.url))],
  bundle: true,
  format: "esm",
  target: "es2022",
  write: false,
  logLevel: "error",
  plugins: [
    {
      name: "modules",
      setup({ onResolve }) {
        onResolve({ filter: /\.wasm$/ }, ({ path, resolveDir }) => {
          const name = path.replaceAll(/\W+/g, "-").replace(/-wasm$/, ".wasm");
          wasm.set(name, path === "./peer.wasm" ? peer : `${resolveDir}/${path}`);
          return { path: `./${name}`, external: true };
        });
      },
    },
  ],
});
const miniflare = new Miniflare({
  cf: false,
  log: new Log(LogLevel.WARN),
  modules: [
    { type: "ESModule", path: "worker.mjs", contents: outputFiles[0].text },
    ...[...wasm].map(([name, file]) => ({ type: "CompiledWasm", path: name, contents: readFileSync(file) })),
  ],
  compatibilityDate: "2026-04-01",
});

async function request(way, load, passes) {
  const start = performance.now();
  const response = await fetch(await miniflare.ready, { method: "POST", body: JSON.stringify({ way, load, passes }) });
  const text = await response.text();
  if (!response.ok) throw new Error(text);
  return { ms: performance.now() - start, ...JSON.parse(text) };
}

/** Microseconds a message of each way, round by round. */
async function race(names, load) {
  const all = [];
  for (const name of names) {
    await request(name, load, 2);
    const { ms, messages, bytes } = await request(name, load, 2);
    all.push({ name, messages, bytes, passes: Math.max(1, Math.min(100, Math.ceil(PASS_MS / (ms / 2)))), times: [] });
  }
  for (let round = 0; round < ROUNDS; round += 1) {
    for (const { name, messages, passes, times } of all) {
      const empty = await request(name, load, 0);
      const full = await request(name, load, passes);
      times.push(((full.ms - empty.ms) * 1000) / passes / messages);
    }
  }
  return Object.fromEntries(
    all.map(({ name, times, messages, bytes }) => [
      name,
      { us: median(times), least: Math.min(...times), most: Math.max(...times), length: bytes / messages },
    ]),
  );
}

const GOALS = { "10,000 x 150 B": 6, "10,000 x 1 KiB": 1.5 };
const report = new Report(console.log);
try {
  console.log(`workerd, ${basename(peer)} beside it`);
  const rates = {};
  for (const title of Object.keys(WORKLOADS)) {
    report.title(`SHA-256 of ${title}, a message`);
    const times = await race([OURS, LANES, EACH, ALL, TAPE], title);
    for (const [name, time] of Object.entries(times)) report.time(name, time);
    rates[title] = times[LANES].length / times[LANES].us;
    const webCrypto = Math.min(times[EACH].us, times[ALL].us);
    const goal = GOALS[title];
    report.figure(`${title}: WebCrypto's better, against ours`, webCrypto / times[OURS].us, "x", goal && { least: goal });
    report.figure(`${title}: ${TAPE}, against ours`, times[TAPE].us / times[OURS].us, "x");
  }
  const share = rates["5,000 mixed, 50 B to 16 KiB"] / rates["500 x 64 KiB"];
  report.figure("lanes: rate of mixed lengths, against 64 KiB", share, "x", { least: 0.9 });

  report.title("many messages of one length, and one awaited after the other, a message");
  for (const length of [512, 1024, 2048, 3072, 4096, 6144, 8192, 16_384, 65_536]) {
    const times = await race([OURS, LANES, EACH, ALL, "labelgate, hash"], length);
    const best = Math.min(times[LANES].us, times[EACH].us, times[ALL].us);
    const shown = [LANES, EACH, ALL].map((name) => `${name} ${times[name].us.toFixed(2)}`).join(", ");
    report.figure(`${length} B: the best, against hashPacked (${shown})`, best / times[OURS].us, "x", { least: 0.95 });
    report.figure(`${length} B: WebCrypto, against hash`, times[EACH].us / times["labelgate, hash"].us, "x");
  }
  report.end();
} finally {
  await miniflare.dispose();
}
