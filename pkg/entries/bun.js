import { readFileSync } from "node:fs";
import { resolve } from "node:path";
import { provideModule } from "../lib/module.js";
// A path: absolute, or after `bun build` relative to the bundle.
import path from "../wasm/labelgate_bg.wasm" with { type: "file" };

provideModule(() => new WebAssembly.Module(readFileSync(resolve(import.meta.dir, path))));

export * from "../lib/api.js";
