/* What came of comparing files with the list: counts, the problems, and folded away what matches. */
import { make } from "../lib/dom.js";
import { bytes, count, duration, fill } from "../lib/format.js";
import { text } from "../text.js";

const words = text.files;
/** What needs a look, worst first. */
const PROBLEMS = ["altered", "swapped", "missing", "moved", "extra", "unproven"];
/** Told also when there are none. */
const ALWAYS = ["matched", "altered", "missing", "extra"];
/** Rows shown at first, and with each "show more". Chosen: two screens; ten thousand rows would stall the page. */
const ROWS = 60;

/**
 * @param {{counts: object, files: number, bytes: number, ms: number}} found what the worker answered
 * @param {(which: {standing: string, from: number, count: number}) => Promise<object[]>} fetchRows
 */
export function filesResult({ counts, files, bytes: hashed, ms }, fetchRows) {
  const problems = PROBLEMS.filter((standing) => counts[standing] > 0);
  return [
    tally(counts),
    make("p", { className: "quiet" },
      fill(words.done, { files: count(files), bytes: bytes(hashed), time: duration(ms) })),
    problems.length === 0 ? undefined : table(problems, counts, fetchRows, words.problems),
    counts.matched === 0 ? undefined : matched(counts, fetchRows),
  ].filter((part) => part !== undefined);
}

/** The sentence above the counts. */
export function filesVerdict({ counts }, isTrusted) {
  if (PROBLEMS.some((standing) => counts[standing] > 0)) return words.someBad;
  return isTrusted ? words.allGood : words.allGoodUnproven;
}

function tally(counts) {
  const shown = ["matched", ...PROBLEMS].filter((standing) => ALWAYS.includes(standing) || counts[standing] > 0);
  return make("dl", { className: "tally" }, shown.map((standing) =>
    make("div", { className: `status ${standing}`, "data-count": String(counts[standing]) },
      make("dt", {}, words.standings[standing]),
      make("dd", {}, count(counts[standing]), make("span", { className: "quiet" }, words.meaning[standing])))));
}

/** Filled when it is opened for the first time. */
function matched(counts, fetchRows) {
  const details = make("details", { className: "matched" },
    make("summary", {}, fill(words.showMatched, { count: count(counts.matched) })));
  details.addEventListener("toggle", () => details.append(table(["matched"], counts, fetchRows, words.matched)), { once: true });
  return details;
}

function table(standings, counts, fetchRows, caption) {
  const body = make("tbody");
  const more = make("button", { type: "button", className: "more" });
  const total = standings.reduce((sum, standing) => sum + counts[standing], 0);
  const showMore = async () => {
    more.disabled = true;
    const from = body.rows.length;
    const rows = await rowsFrom(from);
    body.append(...rows.map(row));
    const left = total - body.rows.length;
    more.textContent = fill(words.more, { count: count(Math.min(ROWS, left)), left: count(left) });
    more.hidden = left === 0;
    more.disabled = false;
    // Whoever reads on with the keyboard goes on where the new rows begin.
    if (from > 0) body.rows[from]?.querySelector("th").focus();
  };
  /** The next rows, over the ends of the kinds. */
  const rowsFrom = async (from) => {
    const rows = [];
    let skip = from;
    for (const standing of standings) {
      const wanted = Math.min(ROWS - rows.length, counts[standing] - skip);
      if (wanted > 0) rows.push(...(await fetchRows({ standing, from: skip, count: wanted })));
      skip = Math.max(0, skip - counts[standing]);
    }
    return rows;
  };
  more.addEventListener("click", showMore);
  showMore();
  const heads = [words.file, words.size, words.status, words.digest];
  const scroll = make("div", { className: "scroll", tabIndex: 0, role: "region", "aria-label": caption },
    make("table", { className: "items" },
      make("caption", { className: "unseen" }, caption),
      make("thead", {}, make("tr", {}, heads.map((head) => make("th", { scope: "col" }, head)))),
      body));
  return make("div", {}, scroll, more);
}

function row({ standing, name, other, size, expected, measured }) {
  const hasBoth = standing !== "matched" && expected.length > 0 && measured.length > 0;
  const shown = measured.length > 0 ? measured : expected;
  const digests = hasBoth
    ? [digestLine(words.expected, expected), digestLine(words.measured, measured)]
    : [digestLine(standing === "missing" ? words.expected : "{digest}", shown)];
  return make("tr", { "data-status": standing },
    make("th", { scope: "row", tabIndex: -1 }, name),
    make("td", { className: "number" }, size === undefined ? "–" : bytes(size)),
    make("td", {},
      make("span", { className: `status ${standing}` }, words.standings[standing]),
      other === undefined ? "" : make("span", { className: "other" }, fill(words.others[standing], { other }))),
    make("td", { className: "digest" }, digests));
}

function digestLine(template, digests) {
  const digest = digests.length === 0 ? words.noDigest : digests.join(" ");
  return make("div", {}, fill(template, { digest }));
}
