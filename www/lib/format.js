/* Numbers and texts as people read them. */

const whole = new Intl.NumberFormat("en");
const short = new Intl.NumberFormat("en", { maximumSignificantDigits: 3 });
const tiny = new Intl.NumberFormat("en", { notation: "scientific", maximumSignificantDigits: 2 });

/** A template with its `{name}`s filled in. */
export function fill(template, values) {
  return template.replace(/\{(\w+)\}/g, (_, name) => values[name] ?? "");
}

export function count(value) {
  return whole.format(value);
}

/** A number of any size in a few digits. */
export function rough(value) {
  if (value === 0 || (Math.abs(value) >= 0.001 && Math.abs(value) < 1e6)) return short.format(value);
  return tiny.format(value).toLowerCase();
}

export function bytes(value) {
  const units = ["bytes", "kB", "MB", "GB", "TB"];
  let unit = 0;
  let amount = value;
  while (amount >= 1000 && unit < units.length - 1) {
    amount /= 1000;
    unit += 1;
  }
  return `${short.format(amount)} ${units[unit]}`;
}

export function speed(bytesPerSecond) {
  return `${bytes(bytesPerSecond)}/s`;
}

/** A length of time, from microseconds to minutes. */
export function duration(ms) {
  if (ms < 1) return `${short.format(Math.max(1, Math.round(ms * 1000)))} µs`;
  if (ms < 1000) return `${short.format(ms)} ms`;
  return `${short.format(ms / 1000)} s`;
}

export function percent(share) {
  return `${whole.format(Math.round(share * 100))} %`;
}

/** A value with its unit, as verdicts have them. */
export function amount({ value, unit }) {
  if (typeof value === "string") return value;
  return `${rough(value)} ${unit}`;
}
