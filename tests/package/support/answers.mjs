import assert from "node:assert/strict";
import { createHash } from "node:crypto";

/** Checks what `smoke` answered in some runtime, given as JSON text. */
export function assertAnswers(text) {
  const answers = JSON.parse(text);
  const { digest, byHand, many, packed, blake3 } = answers;
  const { summary, good, altered, malformed, stateBytes, policyError, alpha, version } = answers;
  const hash = (algorithm, content = "item one") => `${algorithm}:${createHash(algorithm).update(content).digest("hex")}`;
  assert.equal(digest, hash("sha256"));
  assert.equal(byHand, hash("sha512"));
  const long = hash("sha256", new Uint8Array(100_000).fill(7));
  assert.deepEqual(many, [digest, long, digest, hash("sha256", ""), digest, digest]);
  const parts = ["ite", "m one"].map((part) => createHash("sha256").update(part).digest());
  assert.deepEqual(packed, [...Buffer.concat(parts)]);
  // From the test vectors of BLAKE3's authors.
  assert.equal(blake3, "blake3:6437b3ac38465133ffb63b75273a8db548c558465d79db03fd359c6cd5bd9d85");
  assert.equal(summary.items, 1);
  assert.equal(summary.complete, true);
  assert.equal(good.decision, "accept");
  assert.deepEqual(
    altered.reasons.map(({ code }) => code),
    ["item-altered"],
  );
  assert.equal(altered.reasons[0].measured.value, `sha256:${"0".repeat(64)}`);
  assert.equal(altered.reasons[0].threshold.value, digest);
  assert.deepEqual(
    malformed.reasons.map(({ code }) => code),
    ["malformed"],
  );
  assert.ok(stateBytes > 0);
  assert.deepEqual(policyError, { code: "policy", isOurs: true });
  assert.equal(alpha, 0.01);
  assert.equal(version, good.gate);
}
