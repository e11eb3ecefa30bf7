/* What the gate remembers: the pure steps against the gate's own memory, saving, freeing. */
import { test } from "node:test";
import assert from "node:assert/strict";
import { Gate, LabelgateError } from "labelgate";
import { NOW, bytesOf, nth, submission, valueOf } from "./support/crowd.mjs";
import { Steps } from "./support/steps.js";

const POLICY = { bom: { trust: "none" } };
const GOLD = { "img-3.png": [{ class: "dog" }], "img-7.png": [{ class: "cat" }] };

/** Five annotators answer twenty items, one of them at random, one far too fast; some come twice. */
function* crowd() {
  for (let n = 0; n < 20; n += 1) {
    for (let who = 0; who < 5; who += 1) {
      const label = { class: who === 4 && n % 3 === 0 ? "dog" : "cat" };
      const { submission, now } = nth(n, `ann-${who}`, who === 3 ? 200 : 5000, { label });
      yield { bytes: bytesOf(submission), now };
      if (n % 6 === who) yield { bytes: bytesOf(submission), now: now + 1 };
      if (n % 7 === who) yield { bytes: bytesOf({ ...submission, id: `${submission.id}-again` }), now: now + 2 };
    }
  }
  yield { bytes: bytesOf({ no: "submission" }), now: NOW };
}

test("the pure steps give the verdicts of check, byte for byte", () => {
  const gate = new Gate(POLICY);
  gate.setGold(GOLD);
  const host = new Gate(POLICY);
  host.setGold(GOLD);
  const steps = new Steps(host);
  const decisions = new Set();
  for (const { bytes, now } of crowd()) {
    const verdict = gate.checkBytes(bytes, now);
    const { full, annotatorView } = steps.check(bytes, now);
    assert.equal(full, new TextDecoder().decode(verdict));
    const { decision, reasons } = JSON.parse(annotatorView);
    assert.equal(decision, valueOf(verdict).decision);
    for (const { code } of reasons) assert.ok(!["gold-missed", "disagrees"].includes(code));
    decisions.add(decision);
  }
  // The crowd is worth the name only if it meets every decision.
  assert.deepEqual([...decisions].sort(), ["accept", "reject", "review"]);
});

test("after a crash between the item and the annotator, the steps may be done again", () => {
  const gate = new Gate(POLICY);
  const bytes = bytesOf(submission());
  const [item, observation, pool] = gate.observeItem(undefined, bytes, 1, undefined);
  const [sameItem, again, samePool, late] = gate.observeItem(item, bytes, 1, pool);
  assert.deepEqual([samePool, late], [pool, []]);
  assert.deepEqual(sameItem, item);
  assert.deepEqual(
    gate.observeAnnotator(undefined, bytes, again, NOW),
    gate.observeAnnotator(undefined, bytes, observation, NOW),
  );
});

test("a submission that could not be checked is held, and the annotator is not told why", () => {
  const [verdict, annotatorView] = new Gate(POLICY).unchecked(
    bytesOf(submission()),
    "the item's memory is out of reach",
  );
  assert.equal(valueOf(verdict).decision, "review");
  assert.deepEqual(
    valueOf(verdict).reasons.map(({ code }) => code),
    ["unchecked"],
  );
  assert.match(new TextDecoder().decode(verdict), /out of reach/);
  assert.doesNotMatch(new TextDecoder().decode(annotatorView), /out of reach/);
});

test("a gate goes on from what another one saved", () => {
  const whole = new Gate(POLICY);
  whole.setGold(GOLD);
  let moved = new Gate(POLICY);
  moved.setGold(GOLD);
  let turn = 0;
  for (const { bytes, now } of crowd()) {
    assert.deepEqual(moved.checkBytes(bytes, now), whole.checkBytes(bytes, now));
    turn += 1;
    if (turn % 10 > 0) continue;
    const state = moved.save();
    moved.free();
    moved = new Gate(POLICY);
    moved.setGold(GOLD);
    moved.restore(state);
    assert.deepEqual(moved.save(), state);
  }
});

test("state that is damaged or of an unknown version is refused, and the memory stays", () => {
  const gate = new Gate(POLICY);
  gate.check(submission(), { now: NOW });
  const state = gate.save();
  const otherVersion = state.slice();
  otherVersion[0] ^= 0xff;
  for (const bad of [new Uint8Array(), state.subarray(0, state.length - 1), otherVersion]) {
    assert.throws(
      () => gate.restore(bad),
      (error) => error instanceof LabelgateError && error.code === "state",
    );
  }
  assert.deepEqual(gate.save(), state);
});

test("a freed gate says so, and may be freed twice", () => {
  const gate = new Gate(POLICY);
  gate.free();
  gate.free();
  const freed = (error) => error instanceof LabelgateError && error.code === "freed";
  assert.throws(() => gate.check(submission(), { now: NOW }), freed);
  assert.throws(() => gate.save(), freed);
});

test("a gate and a hasher are disposable", () => {
  const gate = new Gate(POLICY);
  gate[Symbol.dispose]();
  assert.throws(
    () => gate.save(),
    (error) => error.code === "freed",
  );
  const hasher = new Gate(POLICY).hasher().update(new Uint8Array(3));
  hasher[Symbol.dispose]();
  // Nothing is left of the three bytes: this is the digest of nothing.
  assert.match(hasher.digest(), /^sha256:e3b0c442/);
});
