/* Part 3: the recorded crowd, played through the gate in the worker. */
import { byId, decisionMark, make, prefersStillness } from "../lib/dom.js";
import { count, duration, fill, percent } from "../lib/format.js";
import { text } from "../text.js";
import { curves, sparkline } from "./curves.js";

const words = text.crowd;
/** How long the recording plays, in ms: long enough to watch the lines part. Chosen. */
const LASTS_MS = 9_000;

export function mountCrowd(caller) {
  let running;

  const play = async () => {
    const controller = new AbortController();
    running = controller;
    const stage = new Stage();
    setPlaying(true);
    try {
      const options = { lastsMs: prefersStillness() ? 0 : LASTS_MS };
      const end = await caller.call("playCrowd", options, {
        onEvent: (step) => stage.take(step),
        signal: controller.signal,
      });
      stage.reveal(end);
    } catch (error) {
      const isStopped = error.code === "cancelled";
      byId("crowd-note").textContent = isStopped
        ? fill(words.stopped, { played: count(stage.played) })
        : fill(words.failed, { message: error.message });
    } finally {
      setPlaying(false);
    }
  };

  byId("crowd-play").addEventListener("click", play);
  byId("crowd-stop").addEventListener("click", () => running?.abort());
}

function setPlaying(isPlaying) {
  byId("crowd-play").disabled = isPlaying;
  byId("crowd-stop").hidden = !isPlaying;
  byId("crowd-progress").hidden = !isPlaying;
  byId("crowd-play").textContent = isPlaying ? words.play : words.again;
  // The pressed button goes away; the focus must not go with it.
  if (isPlaying) byId("crowd-stop").focus();
  else if (document.activeElement === document.body) byId("crowd-play").focus();
}

/** One playing: the rows so far, and their table. */
class Stage {
  played = 0;
  #total = 0;
  #rows = new Map();
  #body = make("tbody");

  constructor() {
    byId("crowd-note").textContent = "";
    byId("crowd-sides").hidden = true;
    const result = byId("crowd-result");
    result.replaceChildren(table([this.#body]));
    result.hidden = false;
  }

  /** What changed in one step. */
  take({ played, total, rows }) {
    this.played = played;
    this.#total = total;
    for (const change of rows) {
      const row = this.#rows.get(change.annotator) ?? this.#add(change.annotator);
      row.wealth.push(...change.wealth);
      Object.assign(row, { ...change, wealth: row.wealth });
      fillRow(row);
    }
    byId("crowd-bar").value = played / total;
    byId("crowd-count").textContent = fill(words.progress, {
      played: count(played),
      total: count(total),
      held: count(this.#all().filter(isHeld).length),
      annotators: count(this.#rows.size),
    });
  }

  #add(annotator) {
    const row = { annotator, wealth: [], element: make("tr", { "data-annotator": annotator }) };
    this.#rows.set(annotator, row);
    this.#body.append(row.element);
    return row;
  }

  #all() {
    return [...this.#rows.values()];
  }

  /** The end: who was what, side by side, and the table in two groups. */
  reveal({ kinds, gateMs }) {
    const all = this.#all();
    for (const row of all) {
      row.kind = kinds[row.annotator];
      fillRow(row);
    }
    const honest = all.filter(({ kind }) => kind === "honest");
    const attackers = all.filter(({ kind }) => kind !== "honest");
    const byTime = (one, other) => (one.heldAt ?? Infinity) - (other.heldAt ?? Infinity);
    byId("crowd-note").textContent = fill(words.done, {
      total: count(this.#total),
      each: duration(gateMs / this.#total),
    });
    byId("crowd-sides").replaceChildren(
      side("attackers", words.attackers, attackers, attackersMore(attackers)),
      side("honest", words.honest, honest, fill(words.honestMore, throughOf(honest))),
    );
    byId("crowd-sides").hidden = false;
    byId("crowd-result").replaceChildren(table([
      group(words.attackers, attackers.toSorted(byTime)),
      group(words.honest, honest.toSorted((one, other) => (one.annotator < other.annotator ? -1 : 1))),
    ]));
  }
}

function isHeld({ heldAt }) {
  return heldAt !== undefined;
}

function throughOf(rows) {
  const sum = (name) => rows.reduce((total, row) => total + row[name], 0);
  return { through: count(sum("accepted")), answers: count(sum("answers")) };
}

function attackersMore(attackers) {
  const at = attackers.filter(isHeld).map(({ heldAt }) => heldAt).sort((one, other) => one - other);
  const template = at.length === 0 ? words.attackersNone : words.attackersMore;
  return fill(template, { ...throughOf(attackers), median: count(at[Math.floor((at.length - 1) / 2)] ?? 0) });
}

function side(name, heading, rows, more) {
  const held = rows.filter(isHeld).length;
  return make("section", { className: `card side ${name}`, "data-held": String(held), "data-count": String(rows.length) },
    make("h3", {}, heading),
    make("p", { className: "headline" }, fill(words.heldOf, { held: count(held), count: count(rows.length) })),
    make("p", { className: "quiet" }, more),
    curves(rows, { label: words.curves, line: words.line, start: words.start, first: words.first, last: words.last }));
}

function table(bodies) {
  const heads = [words.annotator, words.who, words.answers, words.through, words.decision, words.check, words.heldAt, words.wealth];
  return make("table", { className: "crowd" },
    make("caption", { className: "unseen" }, words.caption),
    make("thead", {}, make("tr", {}, heads.map((head) => make("th", { scope: "col" }, head)))),
    bodies);
}

function group(heading, rows) {
  return make("tbody", {},
    make("tr", { className: "group" }, make("th", { colSpan: 8, scope: "rowgroup" }, heading)),
    rows.map(({ element }) => element));
}

function fillRow({ element, annotator, kind, answers, accepted, decision, heldBy, heldAt, wealth }) {
  const cell = (className, ...children) => make("td", { className }, ...children);
  element.replaceChildren(
    make("th", { scope: "row" }, annotator),
    cell("", kind === undefined ? make("span", { className: "quiet" }, words.unknown) : (words.kinds[kind] ?? kind)),
    cell("number", count(answers)),
    cell("number", count(accepted)),
    cell("", decisionMark(decision, text.verdict.decisions[decision])),
    cell("", heldBy === undefined ? "–" : heldBy.map((code) => text.evidence.checks[code] ?? code).join(", ")),
    cell("number", heldAt === undefined ? make("span", { className: "quiet" }, words.never) : count(heldAt)),
    cell("way", sparkline(wealth), make("span", { className: "unseen" }, wayInWords(wealth.at(-1)))),
  );
}

function wayInWords(way = 0) {
  return way >= 1 ? words.crossed : fill(words.wealthNow, { percent: percent(Math.max(0, way)) });
}
