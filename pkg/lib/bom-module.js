/* The wasm module that reads a published list: for a gate (lib/load-bom.js), or for files against it (lib/bom.js). */
import { onDemand } from "./on-demand.js";

const bom = onDemand({
  importGlue: () => import("../wasm/bom.js"),
  what: "the module for a BOM",
  load: "initBom",
  needsSimd: false,
});

export const provideBom = bom.provide;
export const openBomModule = bom.open;

/** Loads the module ahead of the first BOM. */
export async function loadBomModule() {
  await openBomModule();
}
