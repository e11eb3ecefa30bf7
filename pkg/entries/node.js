import { readFileSync } from "node:fs";
import { provideModule } from "../lib/module.js";

// Synchronous, so that nothing here awaits and `require("labelgate")` works.
provideModule(() => new WebAssembly.Module(readFileSync(new URL("../wasm/labelgate_bg.wasm", import.meta.url))));

export * from "../lib/api.js";
