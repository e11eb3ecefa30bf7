// Consensus and agreement of many answers in wasm, one case in a process of its own, as `benches/crowd.rs` runs them
// natively: `node crowd.mjs CASE ANSWERS` prints one JSON line.

import { readFile } from "node:fs/promises";
import { initSync, Crowd } from "../../pkg/wasm/crowd.js";

const RUNS = 3;
const CASES = {
  "majority-vote": ["majority-vote", {}],
  wawa: ["wawa", {}],
  "zero-based-skill": ["zero-based-skill", {}],
  "dawid-skene-10": ["dawid-skene", { iterations: 10, tolerance: -1 }],
  "one-coin-dawid-skene-10": ["one-coin-dawid-skene", { iterations: 10, tolerance: -1 }],
  "mace-1-50": ["mace", { restarts: 1, iterations: 50 }],
  glad: ["glad", {}],
};
const LABELS = 4;
const PER_TASK = 5;
const MASK = (1n << 64n) - 1n;

const [name, size] = [process.argv[2], Number(process.argv[3])];
const [method, options] = CASES[name] ?? ["agreement"];
const { memory } = initSync({ module: await WebAssembly.compile(await readFile(new URL("../../pkg/wasm/crowd_bg.wasm", import.meta.url))) });
const { tasks, annotators, labels, truth, annotatorCount } = made(size);
const names = {
  tasks: truth.length,
  annotators: Array.from({ length: annotatorCount }, (_, at) => String(at)),
  labels: Array.from({ length: LABELS }, (_, at) => String(at)),
};
const bytes = (value) => new TextEncoder().encode(JSON.stringify(value));
const crowd = new Crowd(tasks, annotators, labels, bytes(names), "class", undefined, undefined);
const before = memory.buffer.byteLength;
let best = Infinity;
for (let run = 0; run < RUNS; run += 1) {
  const start = process.cpuUsage();
  if (method === "agreement") crowd.agreement("");
  else crowd.consensus(method, bytes(options), new Float64Array(0));
  const { user, system } = process.cpuUsage(start);
  best = Math.min(best, (user + system) / 1e6);
}
const grown_mib = Math.round((memory.buffer.byteLength - before) / 2 ** 20);
const found = method === "agreement" ? [] : JSON.parse(new TextDecoder().decode(crowd.labels()));
const accuracy = found.filter((label, task) => Number(label) === truth[task]).length / truth.length;
console.log(JSON.stringify({ case: name, n: size, cpu_s: best, grown_mib, accuracy }));

/** The answers of tests/support/synthetic.rs. */
function made(answers) {
  const annotatorCount = { 100000: 500, 1000000: 2000, 10000000: 10000 }[answers] ?? Math.max(50, Math.floor(answers / 500));
  const truth = Array.from({ length: answers / PER_TASK }, (_, task) => below(1, task, LABELS));
  const right = Array.from({ length: annotatorCount }, (_, one) => (uniform(2, one) < 0.1 ? 0.25 : 0.4 + 0.55 * uniform(3, one)));
  const [tasks, annotators, labels] = [0, 1, 2].map(() => new Uint32Array(answers));
  truth.forEach((label, task) => {
    const first = below(4, task, annotatorCount);
    const step = 1 + below(5, task, Math.floor(annotatorCount / PER_TASK) - 1);
    for (let place = 0; place < PER_TASK; place += 1) {
      const n = task * PER_TASK + place;
      tasks[n] = task;
      annotators[n] = (first + place * step) % annotatorCount;
      labels[n] = uniform(6, n) < right[annotators[n]] ? label : (label + 1 + below(7, n, LABELS - 1)) % LABELS;
    }
  });
  return { tasks, annotators, labels, truth, annotatorCount };
}

function below(stream, place, bound) {
  return Math.floor(uniform(stream, place) * bound);
}

function uniform(stream, place) {
  const mixed = mix(mix(BigInt(42 + stream)) ^ BigInt(place));
  return Number(mixed >> 11n) / 2 ** 53;
}

function mix(state) {
  let z = (state + 0x9e3779b97f4a7c15n) & MASK;
  z = ((z ^ (z >> 30n)) * 0xbf58476d1ce4e5b9n) & MASK;
  z = ((z ^ (z >> 27n)) * 0x94d049bb133111ebn) & MASK;
  return z ^ (z >> 31n);
}
