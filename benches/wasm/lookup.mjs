// Looking items up in an index of 10^9 items: what a shard costs the module, and what a proof does.

import * as fixture from "./fixture.mjs";
import { interleaved, median } from "./measure.mjs";

const decoder = new TextDecoder();
/** Lookups of one round. */
const PER = 500;

/** `origin` is that of `serveBillion`; `PackageGate` and `httpRanges` are the package's. */
export async function lookup({ freshInstance, PackageGate, httpRanges, origin, report }) {
  const about = await (await fetch(`${origin}/billion.json`)).json();
  const manifest = new TextEncoder().encode(about.manifest);
  const asked = about.asked.map(({ sha256, proof, shard }, n) => {
    const of = (item) => fixture.encode({ id: `s-${n}`, annotator: `a-${n}`, item: { id: `task-${n}`, ...item }, label: { class: "cat" } });
    return { shard, plain: of({ digest: { sha256 } }), proven: of({ digest: { sha256 }, proof }) };
  });
  const ranges = httpRanges(`${origin}/items/`);
  const place = (shard) => [Math.floor(shard / about.slotsPerFile), (shard % about.slotsPerFile) * about.slotBytes];
  for (const one of asked) {
    const [file, offset] = place(one.shard);
    one.slot = await ranges.read(`shards-${file}.bin`, offset, about.slotBytes);
  }

  const { glue, memory } = await freshInstance();
  const openGate = () => {
    const gate = new glue.Gate(fixture.policy);
    gate.beginBom();
    gate.pushBom(fixture.encode(about.bom));
    gate.finishBom();
    gate.openIndex(manifest);
    return gate;
  };
  const gate = openGate();
  const requirePassed = (answer) => {
    const text = decoder.decode(answer);
    if (!text.startsWith('{"submission"')) throw new Error(text);
  };
  const before = memory().byteLength;
  // Those that load shards go round by themselves, so that none finds its shard loaded.
  const round = () => {
    let at = 0;
    return () => asked[(at = (at + 1) % asked.length)];
  };
  const next = round();
  const one = (submission, slot) => {
    const wanted = gate.wanted(submission);
    if ((wanted === undefined) !== (slot === undefined)) throw new Error("the cache is not as expected");
    if (slot !== undefined) gate.takeShard(wanted[3], slot);
  };
  // Every shard once round: from here on each is new again, and the oldest go.
  for (let n = 0; n < asked.length; n += 1) {
    const { plain, slot } = next();
    one(plain, slot);
    requirePassed(gate.screen(plain));
  }
  report.title(`One lookup in 10^9 items: ${asked.length} shards of ${(about.slotBytes / 1000).toFixed(1)} KB in turn, none of them loaded`);
  report.figure("memory in wasm for loaded shards", (memory().byteLength - before) / 1e6, "MB", { most: 20 });
  const repeat = (step, next = round()) => () => {
    for (let n = 0; n < PER; n += 1) step(next());
  };
  const bare = new glue.Gate(fixture.encode({ bom: { trust: "none" } }));
  // Nothing is ever loaded here: a shard that is there would answer before the proof is looked at.
  const proving = openGate();
  const times = await interleaved([
    { name: "reading the submission, without an index", run: repeat(({ plain }) => bare.screen(plain)), per: PER },
    { name: "wanted + takeShard", run: repeat(({ plain, slot }) => one(plain, slot), next), per: PER },
    { name: "wanted + takeShard + screen", run: repeat(({ plain, slot }) => (one(plain, slot), gate.screen(plain)), next), per: PER },
    { name: "screen of a submission that carries its proof", run: repeat(({ proven }) => proving.screen(proven)), per: PER },
  ]);
  for (const [name, time] of Object.entries(times)) report.time(name, time);
  report.figure("CPU for a lookup, the shard verified", times["wanted + takeShard"].us, "us", { most: 60 });
  const proof = times["screen of a submission that carries its proof"].us - times["reading the submission, without an index"].us;
  report.figure("CPU for a proof that a submission carries", proof, "us", { most: 25 });
  gate.free();
  bare.free();
  proving.free();

  // From the question to the verdict, the request over 127.0.0.1 included.
  const whole = new PackageGate(fixture.policy);
  await whole.loadBom(fixture.encode(about.bom));
  whole.openIndex(manifest, ranges);
  const waits = [];
  for (const { plain } of asked.slice(0, PER)) {
    const begin = performance.now();
    await whole.loadItem(plain);
    whole.checkView(plain, fixture.START_MS);
    waits.push((performance.now() - begin) * 1000);
  }
  report.figure("from question to verdict, one range read over 127.0.0.1", median(waits), "us");
  whole.free();
}
