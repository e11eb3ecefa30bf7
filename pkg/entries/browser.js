import { inlineModule } from "../dist/inline.js";
import { provideBom } from "../lib/bom-module.js";
import { provideCrowd } from "../lib/crowd.js";
import { fetchNow } from "../lib/fetch-now.js";
import { provideModule } from "../lib/module.js";
import { provideMore } from "../lib/more.js";
import { providePageWorker } from "../lib/page-worker.js";
import { supportsSimd } from "../lib/simd.js";
import { requireOk } from "../lib/source.js";

provideModule(() => (supportsSimd() ? inlineModule() : scalarModule()));
provideBom(async () => (supportsSimd() ? (await import("../dist/inline-bom.js")).inlineModule() : scalarBom()));
provideMore(async () => (await import("../dist/inline-more.js")).inlineModule());
provideCrowd(async () => (await import("../dist/inline-crowd.js")).inlineModule());
providePageWorker();

export * from "../lib/api.js";

function scalarModule() {
  return new WebAssembly.Module(fetchNow(new URL("../wasm/scalar/labelgate_bg.wasm", import.meta.url).href));
}

async function scalarBom() {
  const response = await fetch(new URL("../wasm/scalar/bom_bg.wasm", import.meta.url));
  requireOk(response);
  return WebAssembly.compile(await response.arrayBuffer());
}
