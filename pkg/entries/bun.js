import { readFileSync } from "node:fs";
import { resolve } from "node:path";
import { provideBom } from "../lib/bom-module.js";
import { provideCrowd } from "../lib/crowd.js";
import { provideRuntime } from "../lib/hash.js";
import { provideModule } from "../lib/module.js";
import { provideMore } from "../lib/more.js";
import { supportsSimd } from "../lib/simd.js";
// Paths: absolute, or after `bun build` relative to the bundle.
import main from "../wasm/labelgate_bg.wasm" with { type: "file" };
import scalar from "../wasm/scalar/labelgate_bg.wasm" with { type: "file" };
import bom from "../wasm/bom_bg.wasm" with { type: "file" };
import scalarBom from "../wasm/scalar/bom_bg.wasm" with { type: "file" };
import more from "../wasm/more_bg.wasm" with { type: "file" };
import crowd from "../wasm/crowd_bg.wasm" with { type: "file" };

const read = (path) => new WebAssembly.Module(readFileSync(resolve(import.meta.dir, path)));

provideModule(() => read(supportsSimd() ? main : scalar));
provideBom(() => read(supportsSimd() ? bom : scalarBom));
provideMore(() => read(more));
provideCrowd(() => read(crowd));
provideRuntime("node");

export * from "../lib/api.js";
