import { loadModule, provideModule } from "../lib/module.js";
// Compiled by the platform at deployment: compiling bytes inside a worker is refused there.
import module from "../wasm/labelgate_bg.wasm";

provideModule(() => module);
// At start-up, so that the first request does not pay for it.
loadModule();

export * from "../lib/api.js";
