/* A verdict in both views. What the annotator may know is drawn from the annotator's view alone. */
import { byId, decisionMark, make } from "../lib/dom.js";
import { amount, duration, fill } from "../lib/format.js";
import { text } from "../text.js";
import { evidenceTable } from "./evidence.js";

const words = text.verdict;

/**
 * @param {{verdict: object, view: object, tookMs: number}} answer of the worker's `check`
 * @param {string} about what was sent, in words
 */
export function showVerdict({ verdict, view, tookMs }, about) {
  byId("annotator-view").replaceChildren(make("p", { className: "quiet" }, about), ...annotatorView(view));
  byId("operator-view").replaceChildren(...operatorView(verdict, tookMs));
}

/** The annotator's view as elements: also for what the edge answers. */
export function annotatorView({ decision, reasons }) {
  return [
    make("p", { className: "headline" }, decisionMark(decision, words.decisions[decision])),
    make("p", { className: "quiet" }, words.meaning[decision]),
    ...reasons.map(({ message, measured, expected, at }) =>
      make("div", { className: "reason" },
        make("p", {}, sentence(message)),
        facts([[words.at, at], [words.measured, measured], [words.expected, expected]]))),
  ];
}

function operatorView(verdict, tookMs) {
  const { decision, reasons, evidence = [] } = verdict;
  const list = reasons.map(({ code, kind, message, measured, threshold, at }) =>
    make("div", { className: "reason" },
      make("p", {}, make("code", {}, code), " ", make("span", { className: "quiet" }, kind)),
      make("p", {}, sentence(message)),
      facts([[words.at, at], [words.measured, measured], [kind === "proof" ? words.expected : words.threshold, threshold]])));
  return [
    make("p", {}, decisionMark(decision, words.decisions[decision]), " ",
      make("span", { className: "quiet" }, fill(words.took, { time: duration(tookMs) }))),
    ...(list.length > 0 ? list : [make("p", { className: "quiet" }, words.noReasons)]),
    evidenceTable(evidence),
    make("details", { className: "raw" },
      make("summary", {}, words.raw),
      make("pre", { tabIndex: 0 }, JSON.stringify(verdict, null, 2))),
  ];
}

function facts(pairs) {
  const known = pairs.filter(([, value]) => value !== undefined);
  if (known.length === 0) return undefined;
  return make("dl", { className: "facts" }, known.map(([name, value]) => [
    make("dt", {}, name),
    make("dd", {}, typeof value === "string" ? value : amount(value)),
  ]).flat());
}

/** Messages have no capital and no stop, so that they fit anywhere; here they stand alone. */
function sentence(message) {
  const start = message.charAt(0).toUpperCase() + message.slice(1);
  return /[.!?]$/.test(start) ? start : `${start}.`;
}
