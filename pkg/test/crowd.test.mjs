/* Agreement and consensus of whole crowds, beside what the command line's contract and the published examples say. */
import { test } from "node:test";
import assert from "node:assert/strict";
import { agreement, consensus, LabelgateError } from "labelgate";

/** Krippendorff 2011, section C; a row an observer. */
const OBSERVERS = ["123321412---", "1233224125-3", "-3332342251-", "12332441251-"];

const observed = OBSERVERS.flatMap((row, observer) =>
  [...row].map((label, unit) => ({
    task: `t${unit}`,
    annotator: `w${observer}`,
    label: label === "-" ? null : Number(label),
  })),
);

const CATS = [
  ["1", "a", "cat"],
  ["1", "b", "cat"],
  ["1", "c", "dog"],
  ["2", "a", "dog"],
  ["2", "b", "dog"],
  ["2", "c", "dog"],
  ["3", "a", "cat"],
  ["3", "b", "dog"],
].map(([task, annotator, label]) => ({ task, annotator, label }));

const near = (value, expected) => assert.ok(Math.abs(value - expected) < 1e-6, `${value}, expected ${expected}`);

test("the published example has its published values", async () => {
  for (const [kind, alpha] of Object.entries({ ordinal: 0.815388, interval: 0.849107, ratio: 0.797403 })) {
    const report = await agreement(observed, { kind });
    near(report.coefficients.krippendorff_alpha.value, alpha);
    assert.deepEqual([report.kind, report.answers, report.annotators], [kind, 41, 4]);
  }
  const named = observed.map((answer) => ({ ...answer, label: answer.label && String(answer.label) }));
  const { coefficients } = await agreement(named);
  near(coefficients.krippendorff_alpha.value, 0.743421);
  assert.equal(coefficients.kendall_w.value, null);
  assert.equal(coefficients.kendall_w.reason, "scale");
});

test("columns, submissions and iterables give the same", async () => {
  const plain = await agreement(CATS);
  const columns = {
    tasks: CATS.map(({ task }) => task),
    annotators: CATS.map(({ annotator }) => annotator),
    labels: CATS.map(({ label }) => label),
  };
  assert.deepEqual(await agreement(columns), plain);
  const submissions = CATS.map(({ task, annotator, label }) => ({ item: { id: task }, annotator, label: { class: label } }));
  assert.deepEqual(await agreement(new Set(submissions)), plain);
});

test("parts are told of annotators, pairs and classes", async () => {
  const { by_annotator } = await agreement(CATS, { by: "annotator" });
  assert.deepEqual(by_annotator.map(({ annotator }) => annotator), ["a", "b", "c"]);
  const { by_class } = await agreement(CATS, { by: "class" });
  assert.deepEqual(by_class.map(({ label }) => label), [{ class: "cat" }, { class: "dog" }]);
  assert.deepEqual((await agreement(CATS, { by: "pair" })).by_pair, []);
});

test("the bootstrap draws the same tasks from the same seed", async () => {
  const ask = async (options) => (await agreement(observed, { kind: "interval", ...options })).bootstrap;
  const drawn = await ask({ bootstrap: 200, seed: 7 });
  assert.deepEqual([drawn.replicates, drawn.seed], [200, 7]);
  const { se, ci95 } = drawn.krippendorff_alpha;
  assert.ok(se > 0 && ci95[0] < 0.849107 && ci95[1] > 0.849107);
  assert.deepEqual(await ask({ bootstrap: 200, seed: 7 }), drawn);
  assert.notDeepEqual(await ask({ bootstrap: 200 }), drawn);
  assert.equal(await ask({}), undefined);
  for (const bootstrap of [-1, 0.5, 10_001, "9"]) await assert.rejects(ask({ bootstrap }), { code: "usage" });
  await assert.rejects(ask({ bootstrap: 1 }), { code: "answers" });
});

test("the majority vote names the first of tied labels, and says so", async () => {
  const { tasks, annotators, method } = await consensus(CATS, { method: "majority-vote" });
  assert.equal(method, "majority-vote");
  assert.deepEqual(tasks[0], { task: "1", label: "cat", probability: 2 / 3, margin: tasks[0].margin, tied: 1 });
  near(tasks[0].margin, 1 / 3);
  assert.deepEqual(tasks[2], { task: "3", label: "cat", probability: 0.5, margin: 0, tied: 2 });
  assert.equal(annotators.length, 3);
});

test("every method for classes runs", async () => {
  const methods = ["wawa", "zero-based-skill", "one-coin-dawid-skene", "dawid-skene", "fast-dawid-skene", "glad", "mace", "kos", "m-msr", "medoid"];
  for (const method of methods) {
    const result = await consensus(CATS, { method, seed: 7, restarts: 2 });
    assert.equal(result.tasks[1].label, "dog", method);
  }
});

test("truth scores, gold teaches, and a model votes", async () => {
  const scored = await consensus(CATS, { method: "majority-vote", truth: { 1: "cat", 2: "dog", 3: "dog", 9: "cat" } });
  assert.deepEqual([scored.scored, scored.accuracy], [3, 2.5 / 3]);
  const taught = await consensus(CATS, { gold: new Map([["1", "dog"]]) });
  assert.deepEqual([taught.tasks[0].label, taught.tasks[0].probability], ["dog", 1]);
  const probabilities = { 1: { cat: 0.9, dog: 0.1 }, 2: { cat: 0.2, dog: 0.8 }, 3: { cat: 0.1, dog: 0.9 } };
  const voted = await consensus(CATS, { method: "crowdlab", probabilities });
  assert.equal(voted.tasks[2].label, "dog");
});

test("probabilities are of classes, in short or as they stand in a submission", async () => {
  const probabilities = { 1: { cat: 0.9, dog: 0.1 }, 2: { cat: 0.2, dog: 0.8 }, 3: { cat: 0.1, dog: 0.9 } };
  const asked = { method: "crowdlab", probabilities };
  const { tasks } = await consensus(CATS, asked);
  const mixed = CATS.map((answer, at) => (at % 2 ? { ...answer, label: { class: answer.label } } : answer));
  assert.deepEqual((await consensus(mixed, asked)).tasks, tasks);
  for (const label of [1, ["cat"], { rating: 1 }]) {
    const answers = [{ task: "1", annotator: "a", label }];
    await assert.rejects(consensus(answers, asked), { name: "LabelgateError", code: "usage" });
  }
});

test("a gold label that nobody gave is believed", async () => {
  const { tasks } = await consensus(CATS, { gold: { 3: "bird" } });
  assert.deepEqual([tasks[2].label, tasks[2].probability], ["bird", 1]);
});

test("a text that looks like another label is another label", async () => {
  const answers = [["1", "a", '["x"]'], ["1", "b", ["x"]]].map(([task, annotator, label]) => ({ task, annotator, label }));
  await assert.rejects(agreement(answers, { kind: "class" }), { code: "answers" });
});

test("each kind of label has its own consensus", async () => {
  const of = async (labels, options) => {
    const answers = labels.map((label, annotator) => ({ task: "t", annotator, label }));
    return (await consensus(answers, options)).tasks[0].label;
  };
  assert.equal(await of([1, 2, 6]), 3);
  assert.deepEqual(await of([["a", "b"], ["a"], ["c", "a"]]), ["a"]);
  assert.deepEqual(await of([[0, 5], [2, 6], [3, 9]].map(([start, end]) => ({ spans: [{ start, end }] }))), {
    spans: [{ start: 2, end: 6 }],
  });
  assert.equal(await of(["a big cat", "a big dog", "a fat cat"], { kind: "text" }), "a big cat");
  const ranked = [["a", "b", "c"], ["a", "c", "b"], ["b", "a", "c"]].map((ranking) => ({ ranking }));
  assert.deepEqual(await of(ranked), { ranking: ["a", "b", "c"] });
});

test("what is no answer, no option or no such kind is an error that says so", async () => {
  const fails = (promise, code, message) =>
    assert.rejects(promise, (error) => error instanceof LabelgateError && error.code === code && message.test(error.message));
  await fails(agreement(undefined), "usage", /iterable/);
  await fails(agreement([1]), "usage", /iterable/);
  await fails(agreement([{ task: "1", label: "a" }]), "usage", /annotator/);
  await fails(agreement([{ task: "1", annotator: "a", label: true }]), "usage", /label/);
  await fails(agreement({ tasks: ["1"], annotators: [], labels: [] }), "usage", /same length/);
  await fails(agreement(CATS, { by: "task" }), "usage", /annotator/);
  await fails(agreement(CATS, { kinds: "class" }), "usage", /kinds/);
  await fails(agreement(CATS, { kind: "shape" }), "answers", /shape/);
  await fails(agreement([...CATS, { task: "4", annotator: "a", label: 3 }]), "answers", /one kind/);
  await fails(consensus(CATS, { method: "rover" }), "answers", /another kind/);
  await fails(consensus(CATS, { methods: 1 }), "json", /methods/);
  await fails(consensus(observed, { method: "mean", kind: "interval", share: "x" }), "json", /number/);
  await fails(consensus(CATS, { method: "crowdlab", probabilities: { 1: { cat: 1 } } }), "usage", /task `2`/);
});

test("one task with very many answers has the agreement of all their pairs", async () => {
  const each = 50_000;
  const labels = Array.from({ length: 2 * each }, (_, at) => (at % 2 === 0 ? "cat" : "dog"));
  const answers = { tasks: labels.map(() => "t"), annotators: labels.map((_, at) => at), labels };
  const { coefficients } = await agreement(answers);
  near(coefficients.percent_agreement.value, (each - 1) / (2 * each - 1));
  const numbers = { ...answers, labels: labels.map((label) => (label === "cat" ? 1 : 2)) };
  const { coefficients: ratios } = await agreement(numbers, { kind: "ratio" });
  near(ratios.percent_agreement.value, (each - 1) / (2 * each - 1));
  // With one task, what is seen is what chance gives.
  near(ratios.krippendorff_alpha.value, 0);
});

test("nothing is a defined answer", async () => {
  const { coefficients } = await agreement([]);
  assert.equal(coefficients.krippendorff_alpha.reason, "no-answers");
  assert.deepEqual((await consensus([])).tasks, []);
});
