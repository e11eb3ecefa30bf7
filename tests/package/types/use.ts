/* What must compile, and, below each `@ts-expect-error`, what must not. Compiled only, never run. */
import {
  Bom,
  Gate,
  Hasher,
  LabelgateError,
  agreement,
  consensus,
  defaultPolicy,
  version,
  type AdmitResult,
  type AnnotatorVerdict,
  type BomSummary,
  type Counts,
  type Difference,
  type ErrorCode,
  type Label,
  type Policy,
  type ReasonCode,
  type ScreenResult,
  type Source,
  type Submission,
  type Verdict,
} from "labelgate";
import { init, initSync, Gate as SlimGate } from "labelgate/slim";

const submission: Submission = {
  id: "s-1",
  annotator: "ann-7",
  item: { id: "img-1", name: "data/img-1.png", digest: { sha256: "00", md5: "weak" } },
  label: { class: "cat" },
  started_at: "2026-11-23T10:00:00Z",
  platform: { anything: [1, null] },
};
const policy: Policy = {
  alpha: 0.01,
  bom: {
    trust: "pinned-key",
    keys: [{ kty: "OKP", crv: "Ed25519", x: "11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo" }],
    threshold: 1,
    checkpoint: { keys: ["example.com/pets+00000000+AA=="], witness_threshold: 0 },
    names: "required",
  },
  label: { kind: "rating", min: 1, max: 5 },
  too_fast: { floor_ms: 500 },
  actions: { "too-fast": "accept", "item-altered": "review", unchecked: "review" },
};

using gate = new Gate(policy);
const verdict: Verdict = gate.check(submission, { now: 0 });
gate.check(JSON.stringify(submission));
const bytes: Uint8Array = gate.checkBytes(new Uint8Array(3), 0);
const borrowed: Uint8Array = gate.checkView(new Uint8Array(3), 0);
gate.checkLines("{}\n");
gate.setGold({ "img-9": [{ class: "cat" }, { classes: ["a", "b"] }, { rating: 4 }, { number: 0.25 }] });
gate.restore(gate.save());
const screened = JSON.parse(new TextDecoder().decode(gate.screen(bytes))) as ScreenResult;
if (screened.verdict) screened.verdict.reasons satisfies Verdict["reasons"];
else screened.submission.annotator satisfies string;
const admitted = {} as AdmitResult;
if (admitted.weight === undefined) admitted.annotator_view satisfies AnnotatorVerdict | undefined;
const [item, observation, pool, late] = gate.observeItem(undefined, bytes, 1, undefined);
gate.observeItem(item, bytes, 1, pool);
for (const { annotator, score } of late) annotator satisfies string, gate.hear(bytes, score) satisfies Uint8Array;
const [annotator, full, view] = gate.observeAnnotator(undefined, bytes, observation, 0);
const [heldFull, heldView] = gate.unchecked(bytes, "why");
const alpha: number | undefined = defaultPolicy().alpha;
const release: string = version();

export async function sources(blob: Blob, response: Response, stream: ReadableStream<Uint8Array>, signal: AbortSignal) {
  const all: Source[] = [blob, response, stream, bytes, bytes.buffer as ArrayBuffer, "text"];
  const summary: BomSummary = await gate.loadBom(response, {
    signal,
    onProgress: ({ loaded, total }) => loaded / (total ?? 1),
  });
  using bom = await Bom.load(response, { keys: [], threshold: 1 }, { checkpoint: "note", signal });
  const signers: string[] = bom.trusted ? bom.summary.signers : [];
  using comparison = bom.compare();
  comparison.meet("a.txt", bom.algorithms("a.txt").map((algorithm) => `${algorithm}:00`)) satisfies string;
  const counts: Counts = comparison.conclude();
  const swapped: Difference[] = comparison.list("swapped", { from: counts.swapped });
  const digest: string = await gate.hasher("sha512").hash(blob, { signal, worker: false });
  const byHand: string = new Hasher().update(bytes).digest();
  await init(response);
  await init(Promise.resolve(bytes));
  initSync(bytes);
  return [
    all,
    summary,
    signers,
    swapped,
    digest,
    byHand,
    new SlimGate(),
    item,
    annotator,
    full,
    view,
    heldFull,
    heldView,
    alpha,
    release,
  ];
}

export function explain({ decision, reasons }: Verdict): string {
  const first = reasons[0];
  if (first === undefined) return decision;
  switch (first.code) {
    case "too-fast":
      return `${first.measured?.value} ${first.threshold?.unit}`;
    case "item-altered":
      return first.message;
    default:
      return first.code satisfies ReasonCode;
  }
}

export function onError(error: unknown): ErrorCode | undefined {
  return error instanceof LabelgateError ? error.code : undefined;
}

declare const annotatorVerdict: AnnotatorVerdict;

// @ts-expect-error a full verdict must not reach an annotator
export const leaked: AnnotatorVerdict = verdict;
// @ts-expect-error nor the other way round
export const grown: Verdict = annotatorVerdict;
// @ts-expect-error an annotator never learns which secret check it was
export const secret: AnnotatorVerdict["reasons"][0]["code"] = "gold-missed";
// @ts-expect-error a misspelt threshold
new Gate({ alfa: 0.01 });
const answers = [{ task: "1", annotator: "a", label: "cat" }, submission];
export const agreed: number | null = (await agreement(answers)).coefficients.krippendorff_alpha.value;
export const named: string[] = (await consensus({ tasks: ["1"], annotators: [7], labels: [0.5] })).tasks.map(
  ({ task }) => task,
);

// @ts-expect-error evidence never rejects
new Gate({ actions: { "too-fast": "reject" } });
// @ts-expect-error a proof is never let through
new Gate({ actions: { "item-altered": "accept" } });
// @ts-expect-error no such check
new Gate({ actions: { "too-slow": "review" } });
// @ts-expect-error a label is of one kind
export const two: Label = { class: "cat", rating: 1 };
// @ts-expect-error a label is missing
gate.check({ id: "s-1", annotator: "ann-7", item: { id: "img-1" } });
// @ts-expect-error unknown members are refused
gate.check({ ...submission, trusted: true });
// @ts-expect-error a time is a number of milliseconds
gate.check(submission, { now: new Date(0) });
// @ts-expect-error the fast path takes bytes
gate.checkBytes("{}");
// @ts-expect-error MD5 proves nothing
gate.hasher("md5");
// @ts-expect-error numbers are no source
gate.loadBom(7);
// @ts-expect-error a list is loaded, not made
new Bom();
// @ts-expect-error what the steps answer is bytes until it is parsed
gate.screen(bytes).verdict;
// @ts-expect-error codes are a closed list
export const code: ReasonCode = "too-slow";
// @ts-expect-error codes do not change
new LabelgateError("policy", "text").code = "bom";
// @ts-expect-error the default entries need no init
import { init as none } from "labelgate";
// @ts-expect-error no such method
consensus(answers, { method: "mean-of-means" });
// @ts-expect-error no such kind
agreement(answers, { kind: "shape" });
