// One whole check, singly, in batches and through objects, against decoding, JSON.parse and ajv.

import * as fixture from "./fixture.mjs";
import { interleaved } from "./measure.mjs";

const ITEMS = 100_000;
const EARLIER_LABELS = 5;
/** Checks in one round: each on another item, so none is a repetition. */
const CHECKS = 10_000;
const BATCH = 100;
const decoder = new TextDecoder("utf-8", { fatal: true });

/** Everything that the rounds share: the submissions, and the memory in which each item has its labels. */
export function prepare(glue) {
  const gate = new glue.Gate(fixture.policy);
  gate.beginBom();
  gate.pushBom(fixture.bom(ITEMS));
  const summary = JSON.parse(decoder.decode(gate.finishBom()));
  if (summary.items !== ITEMS || !summary.complete) throw new Error(`the BOM is read as ${JSON.stringify(summary)}`);
  gate.setGold(fixture.gold(ITEMS));

  for (let annotator = 0; annotator < EARLIER_LABELS; annotator += 1) {
    for (let number = 0; number < CHECKS; number += 1) {
      // Honest people: half a minute an answer.
      const now = fixture.START_MS - (CHECKS - number) * 30_000;
      gate.check(fixture.encode(fixture.earlier(number, annotator)), now);
    }
  }
  const memory = gate.save();
  const objects = Array.from({ length: CHECKS }, (_, n) => fixture.submission(n, { items: ITEMS, annotators: 101 }));
  const submissions = objects.map(fixture.encode);
  const clocks = objects.map(({ submitted_at }) => Date.parse(submitted_at) + 300);
  verify(gate, memory, submissions, clocks);
  return { gate, memory, objects, submissions, clocks };
}

/** Fails when the checks would be quick for the wrong reason. */
function verify(gate, memory, submissions, clocks) {
  gate.restore(memory);
  const decisions = { accept: 0, review: 0, reject: 0 };
  let standings = 0;
  for (let n = 0; n < CHECKS; n += 1) {
    const verdict = JSON.parse(decoder.decode(gate.check(submissions[n], clocks[n])));
    decisions[verdict.decision] += 1;
    standings += verdict.evidence.length;
  }
  // The first answers of an annotator meet no gold yet; then all four checks stand in every verdict.
  if (decisions.accept < 0.99 * CHECKS || standings < 3 * CHECKS) {
    throw new Error(`unexpected verdicts: ${JSON.stringify(decisions)}, ${standings} standings`);
  }
}

/** The peer: a strict validator, compiled ahead. Takes one submission or an array of them. */
function peers(Ajv) {
  const ajv = new Ajv({ allErrors: false });
  const one = ajv.compile(fixture.schema);
  const many = ajv.compile({ type: "array", items: fixture.schema });
  return { one, many };
}

export async function throughput({ prepared, packageGate, Ajv, report }) {
  const { memory, objects, submissions, clocks } = prepared;
  const { one, many } = peers(Ajv);
  const lines = [];
  const arrays = [];
  for (let from = 0; from < CHECKS; from += BATCH) {
    const batch = objects.slice(from, from + BATCH).map((object) => JSON.stringify(object));
    lines.push(new TextEncoder().encode(`${batch.join("\n")}\n`));
    arrays.push(new TextEncoder().encode(`[${batch.join(",")}]`));
  }
  const must = (valid) => {
    if (!valid) throw new Error("ajv refuses a good submission");
  };
  const bom = fixture.bom(ITEMS);
  await packageGate.loadBom(bom);
  packageGate.setGold(fixture.gold(ITEMS));
  const restorePackage = () => packageGate.restore(memory);

  const bytes = submissions.reduce((sum, submission) => sum + submission.length, 0) / CHECKS;
  report.title(`One whole check: ${Math.round(bytes)} bytes, ${ITEMS} items, ${EARLIER_LABELS} earlier labels, all checks on`);
  const times = await interleaved([
    {
      name: "labelgate, singly, a view",
      prepare: restorePackage,
      run: () => {
        for (let n = 0; n < CHECKS; n += 1) packageGate.checkView(submissions[n], clocks[n]);
      },
      per: CHECKS,
    },
    {
      name: "labelgate, singly, an array",
      prepare: restorePackage,
      run: () => {
        for (let n = 0; n < CHECKS; n += 1) packageGate.checkBytes(submissions[n], clocks[n]);
      },
      per: CHECKS,
    },
    {
      name: "TextDecoder + JSON.parse + ajv, singly",
      run: () => {
        for (let n = 0; n < CHECKS; n += 1) must(one(JSON.parse(decoder.decode(submissions[n]))));
      },
      per: CHECKS,
    },
    {
      name: "labelgate, batches of 100 lines",
      prepare: restorePackage,
      run: () => {
        for (let n = 0; n < lines.length; n += 1) packageGate.checkLines(lines[n], clocks[n * BATCH]);
      },
      per: CHECKS,
    },
    {
      name: "TextDecoder + JSON.parse + ajv, arrays of 100",
      run: () => {
        for (let n = 0; n < arrays.length; n += 1) must(many(JSON.parse(decoder.decode(arrays[n]))));
      },
      per: CHECKS,
    },
    {
      name: "TextDecoder + JSON.parse alone, singly",
      run: () => {
        for (let n = 0; n < CHECKS; n += 1) JSON.parse(decoder.decode(submissions[n]));
      },
      per: CHECKS,
    },
    {
      name: "labelgate, object in and out",
      prepare: restorePackage,
      run: () => {
        for (let n = 0; n < CHECKS; n += 1) packageGate.check(objects[n], { now: clocks[n] });
      },
      per: CHECKS,
    },
  ]);
  for (const [name, time] of Object.entries(times)) report.time(name, time);
  const share = (ours, theirs) => times[ours].us / times[theirs].us;
  const ajv = "TextDecoder + JSON.parse + ajv, singly";
  report.figure("singly (a view), against ajv", share("labelgate, singly, a view", ajv), "x", { most: 0.6 });
  report.figure("singly (an array), against ajv", share("labelgate, singly, an array", ajv), "x", { most: 0.6 });
  report.figure(
    "in batches of 100, against ajv",
    share("labelgate, batches of 100 lines", "TextDecoder + JSON.parse + ajv, arrays of 100"),
    "x",
    { most: 0.6 },
  );
  report.figure("object path, against the view", share("labelgate, object in and out", "labelgate, singly, a view"), "x");
}

/** How many checks fit in 10 ms of a warm instance, the CPU budget of the smallest worker plan. */
export function budget({ prepared, packageGate, report }) {
  const { memory, submissions, clocks } = prepared;
  const counts = [];
  for (let round = 0; round < 15; round += 1) {
    packageGate.restore(memory);
    const end = performance.now() + 10;
    let count = 0;
    // The clock is read once in 50 checks: reading it is not what we measure.
    while (performance.now() < end && count + 50 <= CHECKS) {
      for (let n = 0; n < 50; n += 1, count += 1) packageGate.checkView(submissions[count], clocks[count]);
    }
    counts.push(count);
  }
  counts.sort((a, b) => a - b);
  report.figure("checks within 10 ms, warm", counts[counts.length >> 1], "checks", { least: 2500 });
}
