import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";

import { ITEMS } from "../demo/items.mjs";
import { answer, codes, newLab, openLab, SECRET, sha256 } from "./support/lab.mjs";

const elsewhere = (submission) => ({
  ...submission,
  item: { id: "elsewhere.svg", digest: { sha256: sha256("elsewhere") } },
});

test("a good submission is accepted and is in the collector's database, byte for byte, with its verdict", async (t) => {
  const lab = await openLab(t);
  const sent = lab.demo("good.json");
  const { status, kind, body } = await lab.send(sent);
  assert.equal(status, 200);
  assert.equal(kind, "application/json");
  assert.deepEqual(body, { decision: "accept", submission: "good-1", reasons: [] });

  const labels = await lab.collector.labels();
  assert.equal(labels.length, 1);
  assert.equal(labels[0].body, sent);
  assert.equal(labels[0].content_type, "application/json");
  assert.match(labels[0].key, /^[0-9a-f]{64}$/);
  assert.equal(labels[0].verdict.decision, "accept");
  assert.equal(labels[0].verdict.annotator, "ann-7");
  assert.equal(labels[0].verdict.bom, "pinned-key");
});

test("an altered item is rejected with the digest found and the one expected, and reaches no database", async (t) => {
  const lab = await openLab(t);
  const sent = JSON.parse(lab.demo("altered.json"));
  const { status, body } = await lab.send(sent);
  assert.equal(status, 422);
  assert.equal(body.decision, "reject");
  assert.deepEqual(codes(body), ["item-altered"]);
  assert.equal(body.reasons[0].measured.value, `sha256:${sent.item.digest.sha256}`);
  assert.equal(body.reasons[0].expected.value, `sha256:${sha256(ITEMS[2].content)}`);
  assert.deepEqual(await lab.collected(), []);
});

test("an item that the BOM does not list is rejected", async (t) => {
  const lab = await openLab(t);
  const { status, body } = await lab.send(elsewhere(answer({ id: "s-1" })));
  assert.equal(status, 422);
  assert.deepEqual(codes(body), ["item-unlisted"]);
});

describe("a bot's stream", () => {
  let lab;
  let seenByBot;
  before(async () => {
    lab = await newLab();
    const response = await lab.post(lab.demo("bot.ndjson"), "application/x-ndjson");
    assert.equal(response.headers.get("content-type"), "application/x-ndjson");
    seenByBot = await response.text();
  });
  after(() => lab.close());

  test("is held as too fast, line by line and in order", () => {
    const verdicts = seenByBot.trimEnd().split("\n").map((line) => JSON.parse(line));
    assert.deepEqual(
      verdicts.map(({ submission }) => submission),
      ITEMS.map((_, index) => `bot-${index + 1}`),
    );
    const held = verdicts.filter(({ decision }) => decision === "review");
    assert.ok(held.length >= 8, `only ${held.length} of 12 were held`);
    assert.ok(held.every((verdict) => codes(verdict).includes("too-fast")));
    assert.ok(verdicts.every(({ decision }) => decision !== "reject"), "speed alone rejects nobody");
  });

  test("what is held does not reach the backend", async () => {
    const accepted = seenByBot.split("\n").filter((line) => line.includes('"accept"')).length;
    assert.equal((await lab.collected()).length, accepted);
  });

  test("its wealth is in the operator's view", async () => {
    const { body } = await lab.verdict("bot-12", "bot-1", { as: "operator" });
    const reason = body.reasons.find(({ code }) => code === "too-fast");
    assert.equal(reason.measured.unit, "wealth");
    assert.ok(reason.measured.value >= 400);
    assert.equal(reason.threshold.value, 400);
    assert.equal(body.evidence.find(({ check }) => check === "too-fast").events, 12);
  });

  test("nothing of it is in the annotator's view", async () => {
    const { text } = await lab.verdict("bot-12", "bot-1");
    for (const shown of [seenByBot, text]) {
      for (const secret of ["wealth", "evidence", "threshold", "measured", "policy", "gold", "disagree"]) {
        assert.ok(!shown.includes(secret), `\`${secret}\` in ${shown}`);
      }
      // Apart from the submission's own id there is not one number in it.
      assert.doesNotMatch(shown.replaceAll(/"submission":"bot-\d+"/g, ""), /\d/);
    }
  });

  test("a wrong, an empty or no secret gets the annotator's view", async () => {
    const { text } = await lab.verdict("bot-12", "bot-1");
    for (const authorization of [`Bearer ${SECRET}x`, `Bearer ${SECRET.slice(1)}`, "Bearer ", "Bearer x", SECRET]) {
      const response = await fetch(`${lab.url}/v1/verdicts/bot-12?annotator=bot-1`, { headers: { authorization } });
      assert.equal(await response.text(), text, authorization);
    }
  });
});

test("without a configured secret nobody gets the full view", async (t) => {
  const lab = await openLab(t, { edge: { operatorSecret: undefined } });
  for (const token of ["undefined", "null", SECRET]) {
    const response = await fetch(`${lab.url}/v1/submissions`, {
      method: "POST",
      headers: { "content-type": "application/json", authorization: `Bearer ${token}` },
      body: lab.demo("good.json"),
    });
    assert.deepEqual(Object.keys(await response.json()), ["decision", "submission", "reasons"]);
  }
});

test("a stream answers each line by itself: good, malformed, too large, rejected, blank, without a last line feed", async (t) => {
  const lab = await openLab(t);
  const lines = [
    JSON.stringify(answer({ id: "s-1", item: 0 })),
    '{"id":"s-2",',
    "",
    JSON.stringify({ ...answer({ id: "s-3", item: 1 }), platform: { padding: "x".repeat(300_000) } }),
    JSON.stringify(elsewhere(answer({ id: "s-4" }))),
    "  \r",
    `${JSON.stringify(answer({ id: "s-5", item: 2 }))}\r`,
    JSON.stringify(answer({ id: "s-6", item: 3 })),
  ];
  const response = await lab.post(lines.join("\n"), "application/x-ndjson");
  assert.equal(response.status, 200);
  const answers = (await response.text()).trimEnd().split("\n").map((line) => JSON.parse(line));
  assert.deepEqual(
    answers.map(({ decision, code, reasons }) => [decision ?? "problem", code ?? reasons[0]?.code ?? ""]),
    [
      ["accept", ""],
      ["reject", "malformed"],
      ["problem", "too-large"],
      ["reject", "item-unlisted"],
      ["accept", ""],
      ["accept", ""],
    ],
  );
  assert.equal(answers[1].reasons[0].at, "byte 12 (line 1, column 13)");
  assert.equal(answers[2].status, 413);
  // Deliveries of one stream run beside each other, so they come in any order.
  assert.deepEqual((await lab.collected()).sort(), ["s-1", "s-5", "s-6"]);
});

test("a sender that waits for each answer before the next line gets each answer", async (t) => {
  const lab = await openLab(t);
  const { readable, writable } = new TransformStream();
  const writer = writable.getWriter();
  // The answer's head comes only with its first line, so the first line has to be on its way.
  const sending = writer.write(new TextEncoder().encode(`${JSON.stringify(answer({ id: "s-0", item: 0 }))}\n`));
  const response = await fetch(`${lab.url}/v1/submissions`, {
    method: "POST",
    headers: { "content-type": "application/x-ndjson" },
    body: readable,
    duplex: "half",
  });
  await sending;
  const reader = response.body.pipeThrough(new TextDecoderStream()).getReader();
  for (let index = 0; index < 4; index += 1) {
    const { value } = await reader.read();
    assert.equal(JSON.parse(value).submission, `s-${index}`);
    await writer.write(new TextEncoder().encode(`${JSON.stringify(answer({ id: `s-${index + 1}`, item: index + 1 }))}\n`));
  }
  assert.equal(JSON.parse((await reader.read()).value).submission, "s-4");
  await writer.close();
  assert.equal((await reader.read()).done, true);
});

test("malformed submissions are 400, with the place", async (t) => {
  const lab = await openLab(t);
  for (const [sent, at] of [
    ["", /^byte 0 /],
    ["{}", /^byte /],
    ['{"id":"s-1","id":"s-2"}', /^byte 1[0-9] /],
    [`${JSON.stringify(answer({ id: "s-1" }))}x`, /^byte /],
    ["\ufeff{}", /^byte 0 /],
  ]) {
    const { status, kind, body } = await lab.send(sent);
    assert.equal(status, 400, sent);
    assert.equal(kind, "application/json");
    assert.deepEqual(codes(body), ["malformed"]);
    assert.match(body.reasons[0].at, at);
  }
});
