/* The published list: what it says of itself, and who stands behind it. */
import { decisionMark, make } from "../lib/dom.js";
import { count, fill } from "../lib/format.js";
import { text } from "../text.js";

const words = text.list;

/**
 * What was found in a BOM, in words.
 *
 * @param {object} summary of `Bom.load`
 * @param {{keys: object[], verifierKeys: string[], checkpoint?: Blob, isSample: boolean}} given
 */
export function listCard(summary, given) {
  return make("div", { className: `card list ${stateOf(summary, given)}` },
    make("p", { className: "headline" }, ...verdict(summary, given)),
    reason(summary, given),
    facts(summary),
    ...notes(summary, given));
}

function stateOf({ trusted }, { keys }) {
  if (keys.length === 0) return "open";
  return trusted ? "trusted" : "refused";
}

function verdict(summary, { keys }) {
  if (keys.length === 0) return [decisionMark("review", words.unchecked)];
  if (!summary.trusted) return [decisionMark("reject", words.refused)];
  const signed = summary.signers.length === 1 ? words.signedByOne : words.signedByMany;
  return [decisionMark("accept", fill(signed, { count: count(summary.signers.length), keys: count(keys.length) }))];
}

function reason({ trusted, refusal, why }, { keys }) {
  if (keys.length === 0) return make("p", {}, words.uncheckedWhy);
  if (trusted) return undefined;
  return make("p", {}, make("code", { className: "code" }, refusal), " ", fill(words.because, { why }));
}

function facts(summary) {
  const { signers, serial_number: serial, version, items, complete, expires_at_ms: expires, digest } = summary;
  const rows = [];
  const add = (name, ...value) => rows.push(make("div", {}, make("dt", {}, name), make("dd", {}, ...value)));
  const addWide = (...row) => {
    add(...row);
    rows.at(-1).className = "wide";
  };
  if (signers.length > 0) {
    addWide(words.signers, ...signers.map((thumbprint) => make("code", { className: "line" }, thumbprint)));
  }
  if (items !== undefined) {
    add(words.items, count(items));
    add(words.complete, complete ? words.isComplete : words.isIncomplete);
    add(words.version, count(version));
  }
  if (expires !== undefined) add(words.expires, ...expiry(expires));
  if (items !== undefined) {
    addWide(words.serial, serial === undefined ? words.none : make("code", {}, serial));
  }
  if (digest !== undefined) addWide(words.digest, make("code", {}, digest));
  return make("dl", { className: "found" }, rows);
}

function expiry(ms) {
  const date = make("time", { dateTime: new Date(ms).toISOString() }, new Date(ms).toLocaleString("en", {
    dateStyle: "long",
    timeStyle: "short",
    timeZone: "UTC",
  }));
  return [date, " UTC", ms < Date.now() ? make("strong", { className: "lapsed" }, ` ${words.lapsed}`) : ""];
}

function notes({ items, complete }, { keys, verifierKeys, checkpoint, isSample }) {
  const said = [];
  if (isSample) said.push(words.sampleKey);
  if (checkpoint !== undefined && (verifierKeys.length === 0 || keys.length === 0)) said.push(words.checkpointUnchecked);
  if (items === 0) said.push(words.noItems);
  else if (complete === false) said.push(words.incompleteWhy);
  return said.map((note) => make("p", { className: "quiet small" }, note));
}
