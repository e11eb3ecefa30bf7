import { provideBom } from "../lib/bom-module.js";
import { provideCrowd } from "../lib/crowd.js";
import { provideRuntime } from "../lib/hash.js";
import { loadModule, provideModule } from "../lib/module.js";
import { provideMore } from "../lib/more.js";
// Compiled by the platform at deployment: compiling bytes inside a worker is refused there. It always has SIMD.
import module from "../wasm/labelgate_bg.wasm";
import bom from "../wasm/bom_bg.wasm";
import more from "../wasm/more_bg.wasm";
import crowd from "../wasm/crowd_bg.wasm";

provideModule(() => module);
provideBom(() => bom);
provideMore(() => more);
provideCrowd(() => crowd);
provideRuntime("workerd");
// At start-up, so that the first request does not pay for it.
loadModule();

export * from "../lib/api.js";
