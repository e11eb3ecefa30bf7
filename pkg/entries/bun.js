import { readFileSync } from "node:fs";
import { provideModule } from "../lib/module.js";
// A path, which `bun build` keeps right, also inside a single executable.
import path from "../wasm/labelgate_bg.wasm" with { type: "file" };

provideModule(() => new WebAssembly.Module(readFileSync(path)));

export * from "../lib/api.js";
