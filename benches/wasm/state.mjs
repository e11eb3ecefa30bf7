// What an annotator, a label and a BOM cost, and whether the millionth answer costs more than the first.

import * as fixture from "./fixture.mjs";
import { interleaved } from "./measure.mjs";

const decoder = new TextDecoder();

/** One submission through the pure steps, as an edge runs them; the item is new each time. */
function step(gate, state, submission, now) {
  gate.screen(submission);
  gate.admit(state, submission, now);
  const [, observation] = gate.observeItem(undefined, submission, 1, undefined);
  return gate.observeAnnotator(state, submission, observation, now);
}

export async function history({ prepared, report }) {
  const { gate, submissions } = prepared;
  const BEFORE = 1_000_000;
  const GAP_MS = 30_000;
  let late;
  for (let n = 0; n < BEFORE; n += 1) {
    const now = fixture.START_MS + n * GAP_MS;
    [late] = step(gate, late, submissions[n % submissions.length], now);
  }
  const verdict = step(gate, late, submissions[BEFORE % submissions.length], fixture.START_MS + BEFORE * GAP_MS)[1];
  if (!decoder.decode(verdict).startsWith('{"decision":"accept"')) throw new Error(`not accepted: ${decoder.decode(verdict)}`);

  report.title("One annotator's history, through the steps of an edge (4 calls, state in and out, new items)");
  const PER = 2000;
  const first = (answers) => () => {
    let state;
    for (let n = 0; n < PER; n += 1) {
      if (n % answers === 0) state = undefined;
      [state] = step(gate, state, submissions[n], fixture.START_MS + n * GAP_MS);
    }
  };
  const times = await interleaved([
    { name: "answer 1", run: first(1), per: PER },
    { name: "answers 1 to 100", run: first(100), per: PER },
    { name: "answers 1 to 2,000", run: first(2000), per: PER },
    {
      name: "answers 1,000,001 to 1,002,000",
      run: () => {
        let state = late;
        for (let n = 0; n < PER; n += 1) {
          [state] = step(gate, state, submissions[n], fixture.START_MS + (BEFORE + n) * GAP_MS);
        }
      },
      per: PER,
    },
  ]);
  for (const [name, time] of Object.entries(times)) report.time(name, time);
  const late_us = times["answers 1,000,001 to 1,002,000"].us;
  report.figure("the millionth against the first 100", late_us / times["answers 1 to 100"].us, "x", { most: 1.1 });
  report.figure("the millionth against the very first", late_us / times["answer 1"].us, "x");
  report.figure("an annotator, saved", late.length, "bytes", { most: 2048 });
}

/** The gate's own memory: here items and annotators stay, so a look-up has more to look through. */
export async function ownMemory({ freshInstance, report }) {
  report.title("The gate's own memory (Gate.check): one annotator, each answer to a new item");
  const { glue, memory } = await freshInstance();
  const gate = new glue.Gate(fixture.encode({ bom: { trust: "none" } }));
  const ANSWERS = 1_000_000;
  const WINDOW = 10_000;
  const template = fixture.submission(0, { items: 1, annotators: 1 });
  const input = (n) => fixture.encode({ ...template, id: `s-${n}`, item: { ...template.item, id: `i-${n}` } });
  const before = memory().byteLength;
  const windows = [];
  for (let from = 0; from < ANSWERS; from += WINDOW) {
    const inputs = Array.from({ length: WINDOW }, (_, n) => input(from + n));
    const begin = performance.now();
    for (let n = 0; n < WINDOW; n += 1) gate.check(inputs[n], fixture.START_MS + (from + n) * 30_000);
    windows.push(((performance.now() - begin) * 1000) / WINDOW);
  }
  // Medians of ten windows: single ones meet the growing of memory.
  const around = (windows) => [...windows].sort((a, b) => a - b)[windows.length >> 1];
  const [early, late] = [around(windows.slice(1, 10)), around(windows.slice(-10))];
  report.figure("answers 10,000 to 100,000", early, "us");
  report.figure("answers 900,000 to 1,000,000", late, "us");
  report.figure("the last against the first", late / early, "x");
  report.figure("memory for an item with one label", (memory().byteLength - before) / ANSWERS, "bytes");
  gate.free();
}

export async function sizes({ prepared, freshInstance, report }) {
  report.title("State");
  const { gate } = prepared;
  let item, pool;
  const saved = [];
  for (let n = 0; n < 1000; n += 1) {
    // A thousand people answer one item; one class each of five.
    const answer = { ...fixture.submission(n, { items: 1, annotators: 1000 }), id: `s-${n}` };
    [item, , pool] = gate.observeItem(item, fixture.encode(answer), 1, pool);
    saved.push(item.length);
  }
  report.figure("an item with 5 labels, saved, a label", saved[4] / 5, "bytes", { most: 64 });
  report.figure("an item with 1,000 labels, saved, a label", saved[999] / 1000, "bytes", { most: 64 });

  const { glue, memory } = await freshInstance();
  const crowd = new glue.Gate(fixture.encode({ bom: { trust: "none" } }));
  const ANNOTATORS = 20_000;
  const encoder = new TextEncoder();
  const answer = (annotator, n) =>
    encoder.encode(`{"id":"s-${n}","annotator":"ann-${annotator}","item":{"id":"i-${n}"},"label":{"class":"cat"},"elapsed_ms":5000}`);
  const before = memory().byteLength;
  for (let annotator = 0; annotator < ANNOTATORS; annotator += 1) {
    for (let n = 0; n < 3; n += 1) crowd.check(answer(annotator, n), fixture.START_MS + n * 30_000);
  }
  const items = crowd.save().length;
  report.figure(`memory in wasm for an annotator, of ${ANNOTATORS}`, (memory().byteLength - before) / ANNOTATORS, "bytes", { most: 2048 });
  report.figure("the whole memory, saved, an annotator", items / ANNOTATORS, "bytes", { most: 2048 });
  crowd.free();
}

export async function bom({ freshInstance, report }) {
  const ITEMS = 100_000;
  const PIECE = 64 * 1024;
  const document = fixture.bom(ITEMS);
  const times = [];
  let grown;
  for (let round = 0; round < 9; round += 1) {
    const { glue, memory } = await freshInstance();
    const gate = new glue.Gate(fixture.policy);
    const before = memory().byteLength;
    const begin = performance.now();
    gate.beginBom();
    for (let at = 0; at < document.length; at += PIECE) gate.pushBom(document.subarray(at, at + PIECE));
    gate.finishBom();
    times.push(performance.now() - begin);
    grown = memory().byteLength - before;
    gate.free();
  }
  times.sort((a, b) => a - b);
  report.title(`A BOM of ${ITEMS} items, ${(document.length / 1e6).toFixed(1)} MB, in pieces of 64 KiB`);
  report.figure("memory in wasm", grown / 1e6, "MB", { most: 30 });
  report.figure("time to read", times[times.length >> 1], "ms");
}
