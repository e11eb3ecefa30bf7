/*
 * What every runtime does with the installed package. The same lines everywhere, and the same answers:
 * each test compares them with what Node gave.
 */
export async function smoke(labelgate) {
  const { Gate, Hasher, LabelgateError, defaultPolicy, hash, hashMany, hashPacked, version } = labelgate;
  const NOW = Date.parse("2026-11-23T10:00:10.000Z");
  const content = new TextEncoder().encode("item one");
  const gate = new Gate({ bom: { trust: "unsigned-for-development" } });
  const digest = await gate.hasher().hash(new Blob([content]));
  const bom = {
    bomFormat: "CycloneDX",
    specVersion: "1.7",
    version: 1,
    components: [
      {
        type: "data",
        "bom-ref": "set",
        name: "set",
        components: [
          { type: "file", name: "one.txt", hashes: [{ alg: "SHA-256", content: digest.slice("sha256:".length) }] },
        ],
      },
    ],
    compositions: [{ aggregate: "complete", assemblies: ["set"] }],
  };
  const summary = await gate.loadBom(new Blob([JSON.stringify(bom)]).stream());
  const submission = (id, sha256) => ({
    id,
    annotator: `annotator-${id}`,
    item: { id: "one.txt", digest: { sha256 } },
    label: { class: "cat" },
    elapsed_ms: 7000,
  });
  const good = gate.check(submission("s-1", digest.slice("sha256:".length)), { now: NOW });
  const altered = gate.check(submission("s-2", "0".repeat(64)), { now: NOW });
  const malformed = gate.check("{", { now: NOW });
  const state = gate.save();
  gate.free();

  let policyError;
  try {
    new Gate({ no_such_threshold: 1 });
  } catch (error) {
    policyError = { code: error.code, isOurs: error instanceof LabelgateError };
  }
  const byHand = new Hasher("sha512").update(content).digest();
  // Short and long ones go different ways, and the last algorithm is in the second module.
  const long = new Uint8Array(100_000).fill(7);
  const many = await hashMany([content, long, content, "", content, content]);
  const packed = await hashPacked(content, Uint32Array.of(3, content.length));
  const blake3 = await hash("abc", { algorithm: "blake3" });
  return {
    digest,
    byHand,
    many,
    packed: [...packed],
    blake3,
    summary,
    good,
    altered,
    malformed,
    stateBytes: state.length,
    policyError,
    alpha: defaultPolicy().alpha,
    version: version(),
  };
}
