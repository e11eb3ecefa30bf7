/* Plays the recorded crowd through a gate of its own, at the times at which its answers were sent. */
import { Gate } from "../labelgate/entries/browser.js";
import { crowdRecording } from "./sample.js";

/** Answers between two looks at the clock and at the stop button. */
const STEP = 20;

/**
 * Sends what changed after every step, and answers with who was what.
 *
 * @param {{lastsMs: number}} options how long to take, so that people can watch; 0 is at once
 */
export async function playCrowd({ lastsMs }, { send, signal }) {
  const { lines, about } = await crowdRecording();
  const submissions = lines.split("\n").filter((line) => line !== "");
  const gate = new Gate(about.policy);
  try {
    gate.setGold(about.gold);
    const annotators = new Map();
    let changed = new Set();
    let gateMs = 0;
    const startedMs = performance.now();
    for (let played = 0; played < submissions.length; played += 1) {
      const line = submissions[played];
      const now = Date.parse(JSON.parse(line).submitted_at);
      const beforeMs = performance.now();
      const verdict = gate.check(line, { now });
      gateMs += performance.now() - beforeMs;
      changed.add(note(annotators, verdict));
      if ((played + 1) % STEP === 0 || played + 1 === submissions.length) {
        send({ played: played + 1, total: submissions.length, rows: [...changed].map(takeRow) });
        changed = new Set();
        const dueMs = startedMs + (lastsMs * (played + 1)) / submissions.length;
        await pause(Math.max(0, dueMs - performance.now()));
        signal.throwIfAborted();
      }
    }
    return { kinds: about.kinds, gateMs };
  } finally {
    gate.free();
  }
}

/** What a verdict changes of its annotator's row. Everything in it comes from verdicts. */
function note(annotators, { annotator, decision, reasons, evidence = [] }) {
  let row = annotators.get(annotator);
  if (row === undefined) {
    row = { annotator, answers: 0, accepted: 0, decision, wealth: [], heldAt: undefined, heldBy: undefined };
    annotators.set(annotator, row);
  }
  row.answers += 1;
  row.accepted += decision === "accept" ? 1 : 0;
  row.decision = decision;
  if (evidence.length > 0) row.wealth.push(Math.max(...evidence.map(wayToThreshold)));
  if (decision !== "accept" && row.heldAt === undefined) {
    row.heldAt = row.answers;
    row.heldBy = reasons.map(({ code }) => code);
  }
  return row;
}

/** 0 where a check starts, 1 where it holds; wealth grows by factors, so the way is its logarithm. */
function wayToThreshold({ wealth, threshold }) {
  return Math.log(wealth) / Math.log(threshold);
}

/** The row as it is now; of its wealth only what the page has not seen yet. */
function takeRow(row) {
  const taken = { ...row, wealth: row.wealth };
  row.wealth = [];
  return taken;
}

function pause(ms) {
  return new Promise((resolve) => setTimeout(resolve, ms));
}
