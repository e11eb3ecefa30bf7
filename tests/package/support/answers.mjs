import assert from "node:assert/strict";
import { createHash } from "node:crypto";

/** Checks what `smoke` answered in some runtime, given as JSON text. */
export function assertAnswers(text) {
  const { digest, byHand, summary, good, altered, malformed, stateBytes, policyError, alpha, version } =
    JSON.parse(text);
  const hash = (algorithm) => `${algorithm}:${createHash(algorithm).update("item one").digest("hex")}`;
  assert.equal(digest, hash("sha256"));
  assert.equal(byHand, hash("sha512"));
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
