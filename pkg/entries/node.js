import { readFileSync } from "node:fs";
import { provideBom } from "../lib/bom-module.js";
import { provideCrowd } from "../lib/crowd.js";
import { provideRuntime } from "../lib/hash.js";
import { provideThreads } from "../lib/hash-pool.js";
import { provideModule } from "../lib/module.js";
import { provideMore } from "../lib/more.js";
import { startNodeThread } from "../lib/node-thread.js";
import { supportsSimd } from "../lib/simd.js";

// Synchronous, so that nothing here awaits and `require("labelgate")` works.
const read = (file) => new WebAssembly.Module(readFileSync(new URL(`../wasm/${file}`, import.meta.url)));

provideModule(() => read(supportsSimd() ? "labelgate_bg.wasm" : "scalar/labelgate_bg.wasm"));
provideBom(() => read(supportsSimd() ? "bom_bg.wasm" : "scalar/bom_bg.wasm"));
provideMore(() => read("more_bg.wasm"));
provideCrowd(() => read("crowd_bg.wasm"));
provideRuntime("node");
provideThreads(startNodeThread, "node");

export * from "../lib/api.js";
