/*
 * The recorded crowd: submissions as a labelling page would have sent them. People answer at their own
 * pace and are mostly right; attackers do what their kind does. Nothing here knows what the gate decides.
 */
import { pick, seededRandom, shuffled, standardNormal } from "./random.mjs";

export const classes = ["bird", "cat", "fish", "snail"];

const SEED = 20261123;
const START_MS = Date.UTC(2026, 10, 23, 10);
const ITEMS = 60;
/** One item in five has an answer that the gate knows. Chosen: usual shares are 5 to 20 %. */
const GOLD_EVERY = 5;

const HONEST = 14;
/** Median time of an honest answer, in ms, and the spread of its logarithm. Chosen: a simple choice task. */
const MEDIAN_MS = 5_500;
const SPREAD = 0.45;
/** Share of honest answers that are right. */
const ACCURACY = 0.9;
/** Time between two items: the page loads, people look away. */
const PAUSE_MS = 400;

/** Attackers by kind, with how many there are of each and how they answer. */
const ATTACKERS = [
  // Takes its time and does not look.
  { kind: "random-clicker", count: 3, answer: (random) => pick(random, classes), took: people },
  // A script with a timer, just slower than the least floor time.
  { kind: "fixed-interval-bot", count: 2, answer: (random) => pick(random, classes), took: () => 1_150 },
  // A script that does not even wait.
  { kind: "fast-bot", count: 1, answer: () => "cat", took: (random) => 120 + random() * 60 },
  // Knows the right answer and gives another one.
  { kind: "flipper", count: 1, answer: (_, truth) => classes[(classes.indexOf(truth) + 1) % classes.length], took: people },
];

/** The recording: submissions in order of time, the gate's gold, its policy, and who was what. */
export function recordCrowd() {
  const random = seededRandom(SEED);
  const items = Array.from({ length: ITEMS }, (_, index) => ({
    id: `photo-${String(index + 1).padStart(2, "0")}`,
    truth: pick(random, classes),
  }));
  const crew = [];
  for (let count = 0; count < HONEST; count += 1) {
    crew.push({ kind: "honest", answer: honestAnswer, took: people });
  }
  for (const { count, ...attacker } of ATTACKERS) {
    for (let copy = 0; copy < count; copy += 1) crew.push(attacker);
  }
  // Names in random order, so that a name does not tell who is who.
  const members = shuffled(random, crew).map((member, index) => ({
    ...member,
    name: `ann-${String(index + 1).padStart(2, "0")}`,
  }));
  const answers = members.flatMap((member) => session(random, member, items));
  answers.sort((one, other) => one.sentMs - other.sentMs || (one.text < other.text ? -1 : 1));
  return {
    ndjson: answers.map(({ text }) => `${text}\n`).join(""),
    about: {
      policy: { bom: { trust: "none" }, label: { kind: "class", classes }, disagrees: { floor: 0.6 } },
      gold: Object.fromEntries(
        items.filter((_, index) => index % GOLD_EVERY === 0).map(({ id, truth }) => [id, [{ class: truth }]]),
      ),
      kinds: Object.fromEntries(members.map(({ name, kind }) => [name, kind])),
    },
  };
}

/** One member answers every item once, in an order of their own. */
function session(random, member, items) {
  let clockMs = START_MS + Math.floor(random() * 240_000);
  return shuffled(random, items).map(({ id, truth }, index) => {
    const startedMs = clockMs;
    const sentMs = startedMs + Math.round(member.took(random));
    clockMs = sentMs + (member.took === people ? PAUSE_MS + Math.round(random() * 600) : 50);
    const text = JSON.stringify({
      id: `${member.name}-${index + 1}`,
      annotator: member.name,
      item: { id },
      label: { class: member.answer(random, truth) },
      started_at: new Date(startedMs).toISOString(),
      submitted_at: new Date(sentMs).toISOString(),
    });
    return { sentMs, text };
  });
}

function people(random) {
  return MEDIAN_MS * Math.exp(SPREAD * standardNormal(random));
}

function honestAnswer(random, truth) {
  return random() < ACCURACY ? truth : pick(random, classes.filter((other) => other !== truth));
}
