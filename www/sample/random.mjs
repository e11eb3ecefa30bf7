/* A seeded source of numbers, so that the recording is the same on every machine. */

/** mulberry32: 32 bits of state, a number from 0 up to 1 for each call. */
export function seededRandom(seed) {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

/** A draw of the standard normal distribution (Box and Muller). */
export function standardNormal(random) {
  // 1 - random() is over 0, so its logarithm is finite.
  return Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random());
}

/** One of these. */
export function pick(random, values) {
  return values[Math.floor(random() * values.length)];
}

/** The same values in a random order (Fisher and Yates). */
export function shuffled(random, values) {
  const copy = [...values];
  for (let last = copy.length - 1; last > 0; last -= 1) {
    const other = Math.floor(random() * (last + 1));
    [copy[last], copy[other]] = [copy[other], copy[last]];
  }
  return copy;
}
