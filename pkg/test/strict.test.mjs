/* Bad input gets a verdict with the place; a wrong call gets an error with a code. */
import { test } from "node:test";
import assert from "node:assert/strict";
import { Gate, Hasher, LabelgateError } from "labelgate";
import { NOW, bytesOf, submission } from "./support/crowd.mjs";

const gate = new Gate({ bom: { trust: "none" } });
const ours =
  (code, message = /./) =>
  (error) => {
    assert.ok(error instanceof LabelgateError, `${error}`);
    assert.equal(error.name, "LabelgateError");
    assert.equal(error.code, code);
    assert.match(error.message, message);
    return true;
  };

const text = JSON.stringify(submission());
const MALFORMED = {
  "an empty text": "",
  "text after the end": `${text} 1`,
  "a member twice": text.replace("{", '{"id":"s-0",'),
  "an unknown member": { ...submission(), trusted: true },
  "a missing member": { ...submission(), label: undefined },
  "NaN as text": text.replace("7000", "NaN"),
  "NaN in an object, which JSON makes null": submission({ label: { number: NaN } }),
  "a byte order mark": `\uFEFF${text}`,
  "a lone surrogate in a text": text.replace("tab-1", "tab-\uD800"),
  "a lone surrogate in an object": submission({ session: "tab-\uDC00" }),
  "a label of two kinds": submission({ label: { class: "cat", rating: 1 } }),
  "bytes that are not UTF-8": new Uint8Array([0x22, 0xff, 0x22]),
  "an array": [submission()],
};

for (const [what, form] of Object.entries(MALFORMED)) {
  test(`${what} is malformed, and the verdict says where`, () => {
    const verdict = gate.check(form, { now: NOW });
    assert.equal(verdict.decision, "reject");
    assert.deepEqual(
      verdict.reasons.map(({ code }) => code),
      ["malformed"],
    );
    assert.match(verdict.reasons[0].at, /^byte \d+ \(line \d+, column \d+\)$/);
  });
}

test("a submission over the policy's bound is too large", () => {
  const verdict = gate.check(submission({ platform: "x".repeat(300_000) }), { now: NOW });
  assert.deepEqual(
    verdict.reasons.map(({ code }) => code),
    ["too-large"],
  );
});

test("a whole emoji is no lone surrogate", () => {
  const verdict = gate.check(submission({ id: "s-😀", annotator: "ann-emoji" }), { now: NOW });
  assert.equal(verdict.submission, "s-😀");
});

test("what JSON cannot say is a wrong call", () => {
  const circular = {};
  circular.self = circular;
  for (const value of [circular, { elapsed_ms: 7n }, undefined, () => {}, Symbol("s")]) {
    assert.throws(() => gate.check(value, { now: NOW }), ours("usage", /^submission /));
  }
});

test("a time that is no number is a wrong call", () => {
  for (const now of ["2026", new Date(NOW), null, NaN, Infinity]) {
    assert.throws(() => gate.check(submission(), { now }), ours("usage", /^now must be/));
  }
});

test("the byte calls take bytes only", () => {
  assert.throws(() => gate.checkBytes(text, NOW), ours("usage", /^submission must be a Uint8Array/));
  assert.throws(() => gate.checkLines({}, NOW), ours("usage", /^ndjson must be/));
  assert.throws(() => gate.restore("state"), ours("usage", /^state must be/));
  assert.throws(() => gate.screen(text), ours("usage", /^submission must be/));
  assert.throws(() => gate.admit("x", bytesOf(submission()), NOW), ours("usage", /^annotator must be/));
  assert.throws(() => gate.observeItem(undefined, bytesOf(submission()), "1"), ours("usage", /^weight must be/));
});

test("a policy that cannot be used says why", () => {
  const bad = {
    "`alfa`": { alfa: 0.01 },
    "`alpha`": { alpha: 2 },
    "evidence never rejects": { actions: { "too-fast": "reject" } },
    "each member name once": '{"alpha":0.1,"alpha":0.2}',
  };
  for (const [message, policy] of Object.entries(bad)) {
    assert.throws(() => new Gate(policy), ours("policy", new RegExp(message)));
  }
});

test("gold that cannot be read says why", () => {
  assert.throws(() => gate.setGold({ "img-1": [] }), ours("gold", /at least one accepted label/));
  assert.throws(() => gate.setGold("{"), ours("gold"));
});

test("steps out of order are refused", () => {
  assert.throws(() => gate.observeItem(undefined, bytesOf({}), 1), ours("state"));
  assert.throws(() => gate.observeAnnotator(undefined, bytesOf(submission()), bytesOf({}), NOW), ours("state"));
});

test("an algorithm that proves nothing is refused", () => {
  assert.throws(() => new Hasher("md5"), ours("usage", /sha256, sha384, sha512/));
  assert.throws(() => gate.hasher("SHA-256"), ours("usage"));
});

test("a call that ran out of the engine's stack leaves a gate that says so, and no riddle", () => {
  const used = new Gate({ bom: { trust: "none" } });
  const codes = new Set();
  const descend = () => {
    try {
      descend();
    } catch {
      // At the very end of the stack, where there is room for the call and for no more.
    }
    try {
      used.check(submission(), { now: NOW });
    } catch (error) {
      codes.add(error instanceof LabelgateError ? error.code : `${error}`);
    }
  };
  descend();
  assert.ok(codes.has("crashed"), [...codes].join());
  assert.deepEqual([...codes].filter((code) => code.includes("recursive use")), []);
});
