/* Small words for making elements. Text is always set as text, never as markup. */

/** An element with properties and children; `undefined` children are left out. */
export function make(name, properties = {}, ...children) {
  const element = document.createElement(name);
  for (const [key, value] of Object.entries(properties)) {
    if (value === undefined) continue;
    if (key in element && key !== "list") element[key] = value;
    else element.setAttribute(key, value);
  }
  element.append(...children.flat().filter((child) => child !== undefined));
  return element;
}

const SVG = "http://www.w3.org/2000/svg";

/** An SVG element with attributes. */
export function makeSvg(name, attributes = {}, ...children) {
  const element = document.createElementNS(SVG, name);
  for (const [key, value] of Object.entries(attributes)) element.setAttribute(key, value);
  element.append(...children);
  return element;
}

export function byId(id) {
  return document.getElementById(id);
}

/** Whether the reader asked for less motion. */
export function prefersStillness() {
  return matchMedia("(prefers-reduced-motion: reduce)").matches;
}

/** The sign of a decision: a shape of its own, so that colour is never the only difference. */
const SIGNS = {
  accept: "M3 8.5l3.2 3.2L13 4.8",
  review: "M5.5 3.5v9M10.5 3.5v9",
  reject: "M4 4l8 8M12 4l-8 8",
};

/** A decision as a small mark: sign and word. */
export function decisionMark(decision, word) {
  const sign = makeSvg("svg", { viewBox: "0 0 16 16", "aria-hidden": "true" }, makeSvg("path", { d: SIGNS[decision] }));
  return make("span", { className: `decision ${decision}` }, sign, word);
}
