import type { Env } from "./config.ts";

/**
 * The one place that reads the time for a verdict, in Unix milliseconds. Everything after it, the
 * Durable Objects too, is told the time. (The outbox asks the runtime's own clock for its retries: alarms
 * go by that clock, and no verdict depends on it.)
 */
export async function readClock(env: Env): Promise<number> {
  if (env.CLOCK === undefined) {
    return Date.now();
  }
  const answer = await env.CLOCK.fetch("http://clock/");
  return Number(await answer.text());
}
