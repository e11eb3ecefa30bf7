import { inlineModule } from "../dist/inline.js";
import { provideBom } from "../lib/bom-module.js";
import { provideCrowd } from "../lib/crowd.js";
import { provideRuntime } from "../lib/hash.js";
import { provideModule } from "../lib/module.js";
import { provideMore } from "../lib/more.js";
import { supportsSimd } from "../lib/simd.js";

// Inline, because reading the .wasm file would need the permission `--allow-read`.
const scalar = supportsSimd() ? undefined : await import("../dist/inline-scalar.js");
provideModule(() => (scalar?.inlineModule ?? inlineModule)());
provideBom(async () => (await import("../dist/inline-bom.js")).inlineModule());
provideMore(async () => (await import("../dist/inline-more.js")).inlineModule());
provideCrowd(async () => (await import("../dist/inline-crowd.js")).inlineModule());
provideRuntime("node");

export * from "../lib/api.js";
