// What the wasm benches check: a BOM, gold, a policy, and submissions of the size that platforms send.
//
// Everything is drawn from one small generator with a fixed seed, so every run checks the same bytes.

const HEX = "0123456789abcdef";
const ULID = "0123456789ABCDEFGHJKMNPQRSTVWXYZ";
const CLASSES = ["cat", "dog", "bird", "fish", "snail"];

/** The host's clock at the first submission; one second later for each further one. */
export const START_MS = Date.UTC(2026, 10, 23, 10, 0, 0);

/** A generator of unsigned 24-bit numbers: a linear congruence, good enough to vary text. */
function draws(seed) {
  let state = (Math.imul(seed, 2654435761) + 12345) >>> 0;
  return () => (state = (Math.imul(state, 1664525) + 1013904223) >>> 0) >>> 8;
}

function text(draw, alphabet, length) {
  let result = "";
  for (let n = 0; n < length; n += 1) result += alphabet[draw() % alphabet.length];
  return result;
}

/** Item `n`: its name and digests, as the BOM publishes them and as submissions show them. */
export function item(n) {
  const draw = draws(n + 1);
  return {
    name: `data/train/${CLASSES[n % CLASSES.length]}/image-${String(n).padStart(6, "0")}.png`,
    sha256: text(draw, HEX, 64),
    sha512: text(draw, HEX, 128),
  };
}

/** A CycloneDX 1.7 BOM of `items` items with SHA-256, as bytes. */
export function bom(items) {
  const components = Array.from({ length: items }, (_, n) => {
    const { name, sha256 } = item(n);
    return { type: "file", name, hashes: [{ alg: "SHA-256", content: sha256 }] };
  });
  return encode({
    bomFormat: "CycloneDX",
    specVersion: "1.7",
    serialNumber: "urn:uuid:6e1f4cbd-9d1e-4c80-9a7e-2a8a4ac0c8f1",
    version: 1,
    components: [{ type: "data", "bom-ref": "pets", name: "pets", components }],
    compositions: [{ aggregate: "complete", assemblies: ["pets"] }],
  });
}

/** The default policy, but for a BOM without signature and the task's classes. */
export const policy = encode({
  bom: { trust: "unsigned-for-development" },
  label: { kind: "class", classes: CLASSES },
});

/** Every tenth item is gold. */
export function gold(items) {
  const answers = {};
  for (let n = 0; n < items; n += 10) answers[`task-${n}`] = [{ class: CLASSES[n % CLASSES.length] }];
  return encode(answers);
}

/**
 * Submission `n`: annotator `n % annotators` answers item `n % items`. About 1,150 bytes; half of it is
 * what a platform adds, with one string that is not ASCII.
 */
export function submission(n, { items, annotators, start = START_MS }) {
  const draw = draws(n + 7_000_000);
  const number = n % items;
  const { name, sha256, sha512 } = item(number);
  const submitted = start + n * 1000;
  const elapsed = 4000 + (draw() % 9000);
  return {
    id: text(draw, ULID, 26),
    annotator: `ann-${String(n % annotators).padStart(8, "0")}`,
    item: { id: `task-${number}`, name, digest: { sha256, sha512 } },
    label: { class: CLASSES[draw() % 10 === 0 ? draw() % CLASSES.length : number % CLASSES.length] },
    started_at: new Date(submitted - elapsed - 37).toISOString(),
    submitted_at: new Date(submitted).toISOString(),
    elapsed_ms: elapsed,
    session: `tab-${text(draw, HEX, 16)}`,
    platform: {
      project: 1 + (draw() % 90),
      batch: `urn:uuid:${text(draw, HEX, 8)}-${text(draw, HEX, 4)}-${text(draw, HEX, 4)}-${text(draw, HEX, 12)}`,
      tool: { name: "image-classifier", version: "4.12.1", locale: "de-DE", keyboard: true, zoom: 1.25 },
      observations: Array.from({ length: 4 }, (_, k) => ({
        metric: ["zoom", "scroll", "hover", "undo"][k],
        source: `probe_${text(draw, HEX, 8)}`,
        k: draw() % 40,
        n: 40 + (draw() % 90),
        score: Math.round(draw() % 1000) / 1000,
      })),
      labels: ["safe", "reviewed", "lang:de"],
      comment: `Seen twice; the second view of \u201c${text(draw, HEX, 6)}\u201d was unclear. Skipped the caf\u00e9 sign ${text(draw, HEX, 12)}.`,
    },
  };
}

/** The answer of an earlier annotator to item `number`, only as long as it must be. */
export function earlier(number, annotator) {
  const { name, sha256 } = item(number);
  return {
    id: `earlier-${annotator}-${number}`,
    annotator: `earlier-${annotator}`,
    item: { id: `task-${number}`, name, digest: { sha256 } },
    label: { class: CLASSES[(annotator === 4 ? number + 1 : number) % CLASSES.length] },
    elapsed_ms: 5000 + annotator * 100,
  };
}

export function encode(value) {
  return new TextEncoder().encode(JSON.stringify(value));
}

const id = { type: "string", minLength: 1, maxLength: 128 };
// Dates and hours within their ranges; that a day exists in its month is beyond a pattern.
const time = {
  type: "string",
  pattern:
    "^\\d{4}-(0[1-9]|1[0-2])-(0[1-9]|[12]\\d|3[01])T([01]\\d|2[0-3]):[0-5]\\d:([0-5]\\d|60)(\\.\\d+)?(Z|[+-]([01]\\d|2[0-3]):[0-5]\\d)$",
};
const hex = (length) => ({ type: "string", pattern: `^[0-9A-Fa-f]{${length}}$` });
const strict = (properties, required) => ({ type: "object", additionalProperties: false, properties, required });

/** The same submission as a JSON Schema: what the gate refuses of its form, as far as a schema can say it. */
export const schema = strict(
  {
    id,
    annotator: id,
    item: strict(
      {
        id,
        name: { type: "string", minLength: 1, maxLength: 1024 },
        digest: strict({ sha256: hex(64), sha384: hex(96), sha512: hex(128) }, []),
      },
      ["id"],
    ),
    label: strict({ class: { enum: CLASSES } }, ["class"]),
    started_at: time,
    submitted_at: time,
    elapsed_ms: { type: "integer", minimum: 0, maximum: 4294967295 },
    session: id,
    platform: {},
  },
  ["id", "annotator", "item", "label"],
);
