import type { Config } from "./config.ts";
import { hex } from "./hex.ts";

/** One accepted submission on its way to the collection backend. */
export interface Delivery {
  /** The same for every attempt, and for no other submission: see `idempotencyKey`. */
  key: string;
  /** The submission, byte for byte as it came. */
  body: Uint8Array;
  /** The full verdict. */
  verdict: Uint8Array;
}

/**
 * Hands one submission to the backend. True only when the backend said that it has it (2xx); every other
 * end (no connection, no answer in time, any other status) leaves the caller to try again, with the same key.
 */
export async function deliver(delivery: Delivery, config: Config): Promise<boolean> {
  try {
    const response = await fetch(config.backendUrl, {
      method: "POST",
      headers: {
        "content-type": "application/json",
        "idempotency-key": delivery.key,
        "labelgate-verdict": asciiJson(delivery.verdict),
        // A signed receipt joins these headers once there is one to send.
      },
      body: delivery.body,
      // A redirect could turn the POST into a GET, whose 200 would say nothing about the label.
      redirect: "manual",
      signal: AbortSignal.timeout(config.backendTimeoutMs),
    });
    await response.body?.cancel();
    if (!response.ok) {
      console.error(`backend answered ${response.status}; the submission stays in the outbox`);
    }
    return response.ok;
  } catch (error) {
    console.error(`backend not reached (${nameOf(error)}); the submission stays in the outbox`);
    return false;
  }
}

/** Names one submission of one annotator of one project to the backend, and tells it nothing else. */
export async function idempotencyKey(project: string, annotator: string, submission: string): Promise<string> {
  const name = new TextEncoder().encode(JSON.stringify([project, annotator, submission]));
  return hex(await crypto.subtle.digest("SHA-256", name));
}

/** How long to wait after so many failed attempts: doubling, up to the configured longest. */
export function backOffMs(attempts: number, config: Config): number {
  return Math.min(config.retryLongestMs, config.retryFirstMs * 2 ** Math.min(attempts - 1, 30));
}

/** JSON in ASCII, for a header: the same document, everything else as `\u` escapes. */
function asciiJson(json: Uint8Array): string {
  return new TextDecoder()
    .decode(json)
    .replace(/[^\x20-\x7e]/g, (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, "0")}`);
}

function nameOf(error: unknown): string {
  return error instanceof Error ? error.name : typeof error;
}
