// From bytes to an instance, and from bytes to the first hundred verdicts.

import * as fixture from "./fixture.mjs";
import { median } from "./measure.mjs";

/** The module with a custom section that no other has: engines keep what they compiled before. */
export function unseen(module) {
  const mark = crypto.getRandomValues(new Uint8Array(8));
  // Section 0, ten bytes long: a name of one letter, then the mark.
  const section = Uint8Array.of(0, 10, 1, 0x6d, ...mark);
  const bytes = new Uint8Array(module.length + section.length);
  bytes.set(module);
  bytes.set(section, module.length);
  return bytes;
}

/** Compile and instantiate, each time bytes and glue that the engine has not seen. */
export async function start({ module, freshGlue, report }) {
  const compiles = [];
  const instantiates = [];
  for (let round = 0; round < 25; round += 1) {
    const glue = await freshGlue();
    const bytes = unseen(module);
    const begin = performance.now();
    const compiled = new WebAssembly.Module(bytes);
    const between = performance.now();
    glue.initSync({ module: compiled });
    const end = performance.now();
    compiles.push(between - begin);
    instantiates.push(end - between);
  }
  const totals = compiles.map((compile, n) => compile + instantiates[n]);
  report.figure("compile", median(compiles), "ms");
  report.figure("instantiate", median(instantiates), "ms");
  report.figure("compile and instantiate", median(totals), "ms", { most: 2 });
}

/** What a process needs once: everything but the module itself is made before the time starts. */
export function coldInput() {
  const items = 100;
  return {
    bom: fixture.bom(items),
    gold: fixture.gold(items),
    submissions: Array.from({ length: 100 }, (_, n) => fixture.encode(fixture.submission(n, { items, annotators: 10 }))),
  };
}

/** Milliseconds from the bytes of the module to 100 verdicts. To be called once in a process or page. */
export function coldStart(glue, bytes, { bom, gold, submissions }) {
  const begin = performance.now();
  glue.initSync({ module: new WebAssembly.Module(bytes) });
  const gate = new glue.Gate(fixture.policy);
  gate.beginBom();
  gate.pushBom(bom);
  gate.finishBom();
  gate.setGold(gold);
  let accepted = 0;
  for (let n = 0; n < submissions.length; n += 1) {
    const verdict = gate.check(submissions[n], fixture.START_MS + n * 1000 + 300);
    // `{"decision":"a`: the letter tells.
    accepted += verdict[13] === 0x61 ? 1 : 0;
  }
  const took = performance.now() - begin;
  if (accepted < 95) throw new Error(`${accepted} of 100 accepted`);
  return took;
}
