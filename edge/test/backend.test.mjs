import assert from "node:assert/strict";
import { test } from "node:test";

import { answer, openLab } from "./support/lab.mjs";
import { ITEMS } from "../demo/items.mjs";

const WAYS_TO_FAIL = [
  ["refuses connections", (backend) => backend.close(), (backend) => backend.open()],
  ["answers 500", (backend) => (backend.answer = "error"), (backend) => (backend.answer = "pass")],
  ["answers 422", (backend) => (backend.answer = "refuse"), (backend) => (backend.answer = "pass")],
  ["does not answer", (backend) => (backend.answer = "hang"), (backend) => (backend.answer = "pass")],
];

for (const [how, fail, mend] of WAYS_TO_FAIL) {
  test(`a backend that ${how}: 503, the submission is kept and delivered once when it is back`, async (t) => {
    const lab = await openLab(t, { settings: { BACKEND_TIMEOUT_MS: 500 } });
    await fail(lab.backend);
    const sent = answer({ id: "s-1" });
    const down = await lab.send(sent);
    assert.equal(down.status, 503);
    assert.equal(down.kind, "application/problem+json");
    assert.match(down.headers.get("retry-after"), /^[1-9]\d*$/);
    assert.deepEqual(
      [down.body.code, down.body.submission, down.body.retry_after_s],
      ["backend-unavailable", "s-1", Number(down.headers.get("retry-after"))],
    );
    assert.equal((await lab.verdict("s-1", "ann-1")).body.decision, "accept");

    const stored = lab.backend.nextStored();
    await mend(lab.backend);
    await stored;
    // The client's own retry: no second delivery, and the verdict at last.
    const up = await lab.sendUntilDelivered(sent);
    assert.deepEqual(up.body, { decision: "accept", submission: "s-1", reasons: [] });
    assert.deepEqual(await lab.collected(), ["s-1"]);
    assert.equal(new Set(lab.backend.keys).size, 1);
  });
}

test("an answer that is lost on its way is asked for again, and the label is stored once", async (t) => {
  const lab = await openLab(t);
  lab.backend.answer = "lose";
  const sent = answer({ id: "s-1" });
  assert.equal((await lab.send(sent)).status, 503);
  const stored = lab.backend.nextStored();
  lab.backend.answer = "pass";
  await stored;
  await lab.sendUntilDelivered(sent);
  assert.deepEqual(await lab.collected(), ["s-1"]);
  assert.ok(lab.backend.keys.length >= 2);
  assert.equal(new Set(lab.backend.keys).size, 1);
});

test("a client that asks again while the backend is down is told so, and adds no delivery of its own", async (t) => {
  const lab = await openLab(t, { settings: { RETRY_FIRST_MS: 3_600_000, RETRY_LONGEST_MS: 3_600_000 } });
  lab.backend.answer = "error";
  const sent = answer({ id: "s-1" });
  assert.equal((await lab.send(sent)).status, 503);
  const again = await lab.send(sent);
  assert.equal(again.status, 503);
  assert.ok(again.body.retry_after_s > 3000 && again.body.retry_after_s <= 3600);
  assert.equal(lab.backend.keys.length, 1);
});

test("while one submission waits for the backend, others are judged, and reviews need no backend", async (t) => {
  const lab = await openLab(t);
  lab.backend.answer = "error";
  const answers = await lab.sendLines(lab.demo("bot.ndjson").trimEnd().split("\n"));
  assert.deepEqual(
    answers.map(({ decision, code }) => decision ?? code),
    [...Array(2).fill("backend-unavailable"), ...Array(ITEMS.length - 2).fill("review")],
  );
  const delivered = new Set();
  lab.backend.answer = "pass";
  while (delivered.size < 2) {
    delivered.add(await lab.backend.nextStored());
  }
  assert.deepEqual((await lab.collected()).sort(), ["bot-1", "bot-2"]);
});

test("a restart with the backend down loses nothing: the outbox is sent once both are back", async (t) => {
  const lab = await openLab(t);
  lab.backend.answer = "error";
  const sent = [0, 1, 2].map((item) => answer({ id: `s-${item}`, item, endedMs: lab.nowMs - 60_000 * (3 - item) }));
  for (const submission of sent) {
    assert.equal((await lab.send(submission)).status, 503);
  }
  await lab.stop();
  lab.backend.answer = "pass";
  const delivered = new Set();
  const all = (async () => {
    while (delivered.size < 3) {
      delivered.add(await lab.backend.nextStored());
    }
  })();
  // Nobody calls: the alarm that was set before the restart does it alone.
  await lab.start();
  await all;
  assert.deepEqual((await lab.collected()).sort(), ["s-0", "s-1", "s-2"]);
  for (const submission of sent) {
    await lab.sendUntilDelivered(submission);
  }
});
