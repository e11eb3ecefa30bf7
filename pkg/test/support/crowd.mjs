/* Submissions and BOMs for the tests of the package. */
import { createHash } from "node:crypto";

/** A fixed arrival time: tests read no clock. */
export const NOW = Date.parse("2026-11-23T10:00:10.000Z");

export const sha256 = (text) => createHash("sha256").update(text).digest("hex");

/** The bytes of a value as JSON. */
export const bytesOf = (value) => new TextEncoder().encode(JSON.stringify(value));

/** The value behind JSON bytes. */
export const valueOf = (bytes) => JSON.parse(new TextDecoder().decode(bytes));

/** A submission that nothing is wrong with; `changes` replace members. */
export function submission(changes = {}) {
  return {
    id: "s-1",
    annotator: "ann-7",
    item: { id: "img-1.png", digest: { sha256: sha256("img-1.png") } },
    label: { class: "cat" },
    started_at: "2026-11-23T10:00:00.000Z",
    submitted_at: "2026-11-23T10:00:07.250Z",
    elapsed_ms: 7000,
    session: "tab-1",
    ...changes,
  };
}

/** A complete CycloneDX 1.7 BOM of these file names; each file's content is its own name. */
export function bomOf(names) {
  return {
    bomFormat: "CycloneDX",
    specVersion: "1.7",
    version: 1,
    components: [
      {
        type: "data",
        "bom-ref": "set",
        name: "set",
        components: names.map((name) => ({ type: "file", name, hashes: [{ alg: "SHA-256", content: sha256(name) }] })),
      },
    ],
    compositions: [{ aggregate: "complete", assemblies: ["set"] }],
  };
}

/** The submission number `n` of an annotator, `gapMs` after the one before. */
export function nth(n, annotator, gapMs, changes = {}) {
  const start = NOW + n * gapMs;
  return {
    now: start + gapMs,
    submission: submission({
      id: `${annotator}-${n}`,
      annotator,
      item: { id: `img-${n}.png` },
      started_at: new Date(start).toISOString(),
      submitted_at: new Date(start + gapMs).toISOString(),
      elapsed_ms: gapMs,
      ...changes,
    }),
  };
}
