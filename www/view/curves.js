/* Ways to the line as drawings: one in a table row, or many in one picture. A table says the same. */
import { make, makeSvg } from "../lib/dom.js";
import { fill } from "../lib/format.js";

/** Part of the way shown: below the start there is little to see, and beyond the line it does not matter. */
const LOWEST = -0.6;
const HIGHEST = 1.5;

function pathOf(way, width, height, most) {
  const y = (share) => height * (1 - (clamp(share) - LOWEST) / (HIGHEST - LOWEST));
  const x = (index) => (most <= 1 ? 0 : (index / (most - 1)) * width);
  return way.map((share, index) => `${index === 0 ? "M" : "L"}${x(index).toFixed(1)} ${y(share).toFixed(1)}`).join("");
}

function clamp(share) {
  return Math.min(HIGHEST, Math.max(LOWEST, share));
}

function heightOf(share, height) {
  return height * (1 - (share - LOWEST) / (HIGHEST - LOWEST));
}

/** Answers after which a row's drawing is full; more are drawn closer together. */
const ROW_ANSWERS = 60;

/** A row's small drawing. */
export function sparkline(way) {
  const [width, height] = [120, 28];
  const line = heightOf(1, height).toFixed(1);
  return makeSvg("svg", { class: "sparkline", viewBox: `0 -2 ${width} ${height + 4}`, "aria-hidden": "true" },
    makeSvg("path", { class: "line", d: `M0 ${line}H${width}` }),
    makeSvg("path", { class: way.at(-1) >= 1 ? "way over" : "way", d: pathOf(way, width, height, Math.max(ROW_ANSWERS, way.length)) }));
}

/** All ways of a group in one picture. */
export function curves(rows, { label, line, start, first, last }) {
  const [width, height] = [360, 150];
  const most = Math.max(1, ...rows.map(({ wealth }) => wealth.length));
  const lineY = heightOf(1, height);
  const startY = heightOf(0, height);
  const picture = makeSvg("svg", { class: "curves", viewBox: `0 0 ${width} ${height}`, "aria-hidden": "true", preserveAspectRatio: "none" },
    makeSvg("rect", { class: "beyond", x: 0, y: 0, width, height: lineY }),
    makeSvg("path", { class: "start", d: `M0 ${startY}H${width}` }),
    makeSvg("path", { class: "line", d: `M0 ${lineY}H${width}` }),
    ...rows.map(({ wealth }) => makeSvg("path", {
      class: wealth.some((share) => share >= 1) ? "way over" : "way",
      d: pathOf(wealth, width, height, most),
    })));
  const mark = (className, words, y) => {
    const element = make("span", { className: `mark ${className}` }, words);
    element.style.insetBlockStart = `${(y / height) * 100}%`;
    return element;
  };
  return make("figure", {},
    make("div", { className: "plot", "aria-hidden": "true" }, picture, mark("line", line, lineY), mark("start", start, startY)),
    make("div", { className: "axis", "aria-hidden": "true" }, make("span", {}, first), make("span", {}, fill(last, { count: most }))),
    make("figcaption", { className: "unseen" }, label));
}
