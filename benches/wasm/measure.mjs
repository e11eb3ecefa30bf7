// Rounds, medians, and a line for every figure.

export function median(values) {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[sorted.length >> 1];
}

/**
 * Runs the contestants one after the other in every round, so that whatever else the machine does meets
 * all of them. Each is `{ name, prepare?, run, per }`: `prepare` is not timed, `per` is how many things
 * one run does; a run that answers a promise is awaited. Returns for each name the median time of one thing, in microseconds, and the spread.
 */
export async function interleaved(contestants, { rounds = 15, warmUp = 3 } = {}) {
  const times = new Map(contestants.map(({ name }) => [name, []]));
  for (let round = -warmUp; round < rounds; round += 1) {
    for (const { name, prepare, run, per } of contestants) {
      const prepared = await prepare?.();
      const start = performance.now();
      const answer = run(prepared);
      if (answer instanceof Promise) await answer;
      const took = ((performance.now() - start) * 1000) / per;
      if (round >= 0) times.get(name).push(took);
    }
  }
  return Object.fromEntries(
    [...times].map(([name, all]) => [name, { us: median(all), least: Math.min(...all), most: Math.max(...all) }]),
  );
}

/** Collects figures, prints each with its goal, and remembers what missed. */
export class Report {
  #log;
  figures = [];

  constructor(log) {
    this.#log = log;
  }

  title(text) {
    this.#log(`\n${text}`);
  }

  /** A figure; `goal` is `{ most }` or `{ least }` in the same unit, or nothing. */
  figure(name, value, unit, goal) {
    const met = !goal || (goal.most !== undefined ? value <= goal.most : value >= goal.least);
    const shown = goal && (goal.most !== undefined ? `at most ${goal.most}` : `at least ${goal.least}`);
    this.figures.push({ name, value, unit, goal, met });
    const mark = !goal ? " " : met ? "✓" : "✗";
    this.#log(`  ${mark} ${name.padEnd(58)} ${round(value).padStart(10)} ${unit}${goal ? `  (goal: ${shown})` : ""}`);
  }

  /** A contestant's time with its spread. */
  time(name, { us, least, most }) {
    this.figures.push({ name, value: us, unit: "us", met: true });
    this.#log(`    ${name.padEnd(58)} ${round(us).padStart(10)} us  [${round(least)} to ${round(most)}]`);
  }

  end() {
    const missed = this.figures.filter((figure) => !figure.met);
    const goals = this.figures.filter((figure) => figure.goal).length;
    this.#log(`\n${goals - missed.length} of ${goals} goals reached`);
    for (const { name } of missed) this.#log(`  missed: ${name}`);
  }
}

function round(value) {
  const digits = Math.abs(value) >= 100 ? 0 : Math.abs(value) >= 10 ? 1 : Math.abs(value) >= 1 ? 2 : 3;
  return value.toLocaleString("en", { minimumFractionDigits: digits, maximumFractionDigits: digits });
}
