import { inlineModule } from "../dist/inline.js";
import { provideModule } from "../lib/module.js";

// Inline, because reading the .wasm file would need the permission `--allow-read`.
provideModule(inlineModule);

export * from "../lib/api.js";
