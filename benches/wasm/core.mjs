// All benches of the wasm module, the same in Node and in a page. The caller says where the module is.

import { policy } from "./fixture.mjs";
import { lookup } from "./lookup.mjs";
import { Report } from "./measure.mjs";
import { signed } from "./signed.mjs";
import { start } from "./start.mjs";
import * as state from "./state.mjs";
import { budget, prepare, throughput } from "./throughput.mjs";

/**
 * `module` is the bytes of the wasm module, `freshGlue` imports its JavaScript anew (it keeps one
 * instance each), `PackageGate` is the class of the npm package, `coldStarts` measures cold starts in
 * new processes or pages and returns milliseconds, `origin` is where `serveBillion` serves an index.
 */
export async function run({ module, freshGlue, PackageGate, httpRanges, origin, Ajv, coldStarts, log }) {
  const report = new Report(log);
  const compiled = new WebAssembly.Module(module);
  const freshInstance = async () => {
    const glue = await freshGlue();
    const { memory } = glue.initSync({ module: compiled });
    return { glue, memory: () => memory.buffer };
  };

  report.title(`Start of the module, ${module.length} bytes`);
  await start({ module, freshGlue, report });
  const cold = (await coldStarts()).sort((a, b) => a - b);
  report.figure("cold start to 100 verdicts", cold[cold.length >> 1], "ms", { most: 5 });

  await state.bom({ freshInstance, report });
  await signed({ freshInstance, report });
  await lookup({ freshInstance, PackageGate, httpRanges, origin, report });

  const { glue } = await freshInstance();
  const prepared = prepare(glue);
  const packageGate = new PackageGate(policy);
  await throughput({ prepared, packageGate, Ajv, report });
  budget({ prepared, packageGate, report });
  await state.history({ prepared, report });
  await state.sizes({ prepared, freshInstance, report });
  await state.ownMemory({ freshInstance, report });
  report.end();
  return report.figures;
}
