/* Where each statistical check stands: a table, with a bar that fills towards the line. */
import { make } from "../lib/dom.js";
import { count, fill, rough } from "../lib/format.js";
import { text } from "../text.js";

const words = text.evidence;

/** @param {{check: string, wealth: number, threshold: number, answers: number}[]} standings */
export function evidenceTable(standings) {
  if (standings.length === 0) return make("p", { className: "quiet" }, words.none);
  const heads = [words.check, words.wealth, words.line, words.answers];
  return make("div", { className: "evidence" },
    make("h4", {}, words.heading),
    make("p", { className: "quiet" }, fill(words.about, { share: rough(standings[0].threshold) })),
    make("table", {},
      make("caption", { className: "unseen" }, words.caption),
      make("thead", {}, make("tr", {}, heads.map((head) => make("th", { scope: "col" }, head)))),
      make("tbody", {}, standings.map(standing))));
}

function standing({ check, wealth, threshold, answers }) {
  // Wealth grows by factors, so the way from the start (1) to the line goes by its logarithm.
  const share = Math.min(1, Math.max(0, Math.log(wealth) / Math.log(threshold)));
  const filled = make("span", { className: "filled" });
  filled.style.inlineSize = `${share * 100}%`;
  return make("tr", { "data-check": check },
    make("th", { scope: "row" }, words.checks[check] ?? check),
    make("td", { className: wealth >= threshold ? "wealth over" : "wealth" },
      make("span", { className: "bar", "aria-hidden": "true" }, filled), rough(wealth)),
    make("td", { className: "number" }, rough(threshold)),
    make("td", { className: "number" }, count(answers)));
}
