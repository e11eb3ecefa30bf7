/*
 * Agreement and consensus of whole crowds, in a wasm module of their own. Names stay here; what crosses are numbers,
 * and each label once.
 */
import { LabelgateError } from "./error.js";
import { attempt } from "./load-bom.js";
import { onDemand } from "./on-demand.js";
import { encodeText, parseJson } from "./wire.js";

const module = onDemand({
  importGlue: () => import("../wasm/crowd.js"),
  what: "the module for crowds",
  load: "initCrowd",
});

export const provideCrowd = module.provide;
export const openCrowd = module.open;

/** How far annotators agree. */
export async function agreement(answers, { by, bootstrap = 0, seed = 0, ...how } = {}) {
  if (by !== undefined && !["annotator", "class", "pair"].includes(by)) {
    throw new LabelgateError("usage", "`by` must be `annotator`, `class` or `pair`");
  }
  if (!isWhole(bootstrap, 10_000) || !isWhole(seed, 2 ** 32 - 1)) {
    throw new LabelgateError("usage", "`bootstrap` must be a whole number up to 10,000, and `seed` one below 2^32");
  }
  const packed = pack(answers, how);
  const raw = await open(packed, how);
  try {
    return attempt(() => parseJson(raw.agreement(by ?? "", bootstrap, seed)));
  } finally {
    raw.free();
  }
}

/** What the answers make true. */
export async function consensus(answers, { method, truth, gold, probabilities, kind, period, distance, ...options } = {}) {
  const packed = pack(answers, { kind, period });
  const asked = { ...options };
  if (truth !== undefined) asked.truth = packed.known(truth, "truth");
  if (gold !== undefined) asked.gold = packed.declared(packed.known(gold, "gold"));
  const raw = await open(packed, { kind, period, distance });
  try {
    return attempt(() => {
      const model = probabilities === undefined ? new Float64Array(0) : packed.probabilities(probabilities);
      const { annotators, ...summary } = parseJson(raw.consensus(method ?? "", toJson(asked, "options"), model));
      return { ...summary, tasks: tasksOf(raw, packed.tasks), annotators };
    });
  } finally {
    raw.free();
  }
}

const isWhole = (number, most) => Number.isInteger(number) && number >= 0 && number <= most;

async function open(packed, { kind, period, distance, ...unknown }) {
  const [option] = Object.keys(unknown);
  if (option !== undefined) throw new LabelgateError("usage", `there is no option \`${option}\``);
  const { Crowd } = await openCrowd();
  const { tasks, annotators, labels } = packed.names();
  const names = toJson({ tasks: tasks.length, annotators, labels }, "answers");
  const [task, annotator, label] = packed.numbers;
  return attempt(() => new Crowd(task, annotator, label, names, kind ?? packed.usualKind(), period, distance));
}

function tasksOf(raw, names) {
  const labels = parseJson(raw.labels());
  const probabilities = raw.probabilities();
  const margins = raw.margins();
  const tied = raw.tied();
  // A method that ranks items says nothing of tasks.
  return labels.map((label, at) => ({
    task: names[at],
    label,
    probability: orNull(probabilities[at]),
    margin: orNull(margins[at]),
    tied: tied[at],
  }));
}

const orNull = (number) => (Number.isNaN(number) ? null : number);

/** Answers as numbers, with the names that they stand for. */
function pack(answers, how) {
  if (answers === null || typeof answers !== "object") throw notAnswers();
  const tasks = new Names();
  const annotators = new Names();
  const labels = new Names();
  const numbers = [[], [], []];
  const [task, annotator, label] = numbers;
  for (const answer of rows(answers)) {
    if (answer.label === undefined || answer.label === null) continue;
    const given = onCircle(answer.label, how);
    task.push(tasks.number(name(answer.task ?? answer.item?.id ?? answer.item, "task")));
    annotator.push(annotators.number(name(answer.annotator ?? answer.worker, "annotator")));
    label.push(labels.number(labelKey(given), given));
  }
  return {
    numbers: numbers.map((list) => Uint32Array.from(list)),
    tasks: tasks.values,
    names: () => ({ tasks: tasks.values, annotators: annotators.values, labels: labels.values }),
    usualKind: () => kindOf(labels.values[0]),
    known: (table, what) => {
      const pairs = [];
      for (const [task, label] of entries(table, what)) {
        const number = tasks.numbers.get(String(task));
        if (number !== undefined) pairs.push([number, onCircle(label, how)]);
      }
      return pairs;
    },
    /** A label that is known to be right may be one that nobody gave. */
    declared: (pairs) => {
      for (const [, given] of pairs) labels.number(labelKey(given), given);
      return pairs;
    },
    probabilities: (table) => {
      const classes = [...new Set(labels.values.map(className))].sort(byBytes);
      return Float64Array.from(
        tasks.values.flatMap((task) => {
          const row = table instanceof Map ? table.get(task) : table[task];
          if (row === undefined) throw new LabelgateError("usage", `probabilities must have the task \`${task}\``);
          return classes.map((label) => row[label] ?? NaN);
        }),
      );
    },
  };
}

/** Numbers that are the same place on a circle are one label. */
function onCircle(label, { kind, period }) {
  if (kind !== "circular" || typeof label !== "number" || !(period > 0)) return label;
  return ((label % period) + period) % period;
}

/** Objects, or columns of the same length. */
function* rows(answers) {
  if (typeof answers[Symbol.iterator] === "function") {
    for (const answer of answers) {
      if (answer === null || typeof answer !== "object") throw notAnswers();
      yield answer;
    }
    return;
  }
  const { tasks, annotators, labels } = answers;
  if (!(tasks?.length >= 0 && tasks.length === annotators?.length && tasks.length === labels?.length)) {
    throw notAnswers();
  }
  for (let at = 0; at < tasks.length; at += 1) {
    yield { task: tasks[at], annotator: annotators[at], label: labels[at] };
  }
}

/** Names and their numbers, in the order in which they come. */
class Names {
  numbers = new Map();
  values = [];

  number(key, value = key) {
    let number = this.numbers.get(key);
    if (number === undefined) {
      number = this.values.length;
      this.numbers.set(key, number);
      this.values.push(value);
    }
    return number;
  }
}

function name(value, what) {
  if (typeof value === "string") return value;
  if (typeof value === "number" || typeof value === "bigint") return String(value);
  throw new LabelgateError("usage", `each answer must have a ${what} that is a string or a number`);
}

/** Equal for equal labels as they are written; the module joins what is equal and written in another way. */
function labelKey(label) {
  if (typeof label === "number") return label;
  // Marked, so that no text is taken for the JSON of another label.
  if (typeof label === "string") return `"${label}`;
  if (typeof label === "boolean" || typeof label === "bigint") {
    throw new LabelgateError("usage", "a label must be a string, a number, a list of classes or a label object");
  }
  return JSON.stringify(label);
}

function kindOf(label) {
  if (typeof label === "number") return "interval";
  if (Array.isArray(label)) return "set";
  const member = label !== null && typeof label === "object" ? Object.keys(label)[0] : "class";
  return { classes: "set", number: "interval", rating: "ordinal" }[member] ?? member;
}

function entries(table, what) {
  if (table instanceof Map) return table.entries();
  if (table !== null && typeof table === "object") return Object.entries(table);
  throw new LabelgateError("usage", `${what} must be a Map or an object from task to label`);
}

/** The class that a label is: `crowdlab` knows no other labels. */
function className(label) {
  const given = typeof label === "string" ? label : label?.class;
  if (typeof given === "string") return given;
  throw new LabelgateError("usage", "with probabilities, each label must be a class: a string, or { class }");
}

/** The order of classes in the module: by their bytes. */
function byBytes(left, right) {
  const [a, b] = [left, right].map((text) => encodeText(text));
  for (let at = 0; at < a.length && at < b.length; at += 1) if (a[at] !== b[at]) return a[at] - b[at];
  return a.length - b.length;
}

function toJson(value, what) {
  const text = JSON.stringify(value);
  if (text === undefined) throw new LabelgateError("usage", `${what} cannot be written as JSON`);
  return encodeText(text);
}

function notAnswers() {
  return new LabelgateError(
    "usage",
    "answers must be an iterable of { task, annotator, label }, or { tasks, annotators, labels } of the same length",
  );
}
