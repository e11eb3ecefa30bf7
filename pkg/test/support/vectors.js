/*
 * Golden verdicts, tests/data/<check>/*.vector. Also runs in a page.
 *
 * The first line is a JSON header {about, policy, before, bom, checkpoint, gold}. Then groups of three lines:
 *   > NOW_MS SUBMISSION   the time of arrival, and the bytes as they are or as base64:…
 *   = VERDICT             the full view, byte for byte
 *   ~ VERDICT             the annotator's view, byte for byte
 */
import { Steps } from "./steps.js";

/** Replays one file through `check` and through the pure steps; answers the lines that came out otherwise. */
export async function replay(text, { Gate }) {
  const [header, ...lines] = text.split("\n");
  const setup = JSON.parse(header);
  const gate = await prepare(Gate, setup);
  const steps = new Steps(await prepare(Gate, setup));
  const differences = [];
  let groups = 0;
  const compare = (way, line, actual) => {
    if (actual !== lines[line].slice(2))
      differences.push({ line: line + 2, way, expected: lines[line].slice(2), actual });
  };
  for (let line = 0; line < lines.length; line += 1) {
    if (lines[line] === "" || lines[line].startsWith("#")) continue;
    const [, now, submission] = /^> (-?\d+) (.*)$/s.exec(lines[line]);
    const bytes = submissionBytes(submission);
    compare("check", line + 1, new TextDecoder().decode(gate.checkBytes(bytes, Number(now))));
    const { full, annotatorView } = steps.check(bytes, Number(now));
    compare("steps", line + 1, full);
    compare("annotator's view", line + 2, annotatorView);
    groups += 1;
    line += 2;
  }
  return { about: setup.about, groups, differences };
}

async function prepare(Gate, { policy, before = [], bom, gold, checkpoint }) {
  const gate = new Gate(policy ?? {});
  for (const published of [...before, bom ?? undefined].filter(Boolean)) {
    // A string is the text itself.
    const text = typeof published === "string" ? published : JSON.stringify(published);
    await gate.loadBom(text, { checkpoint });
  }
  if (gold !== undefined && gold !== null) gate.setGold(gold);
  return gate;
}

function submissionBytes(text) {
  if (!text.startsWith("base64:")) return new TextEncoder().encode(text);
  return Uint8Array.from(atob(text.slice("base64:".length)), (character) => character.charCodeAt(0));
}
