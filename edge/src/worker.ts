import { readClock } from "./clock.ts";
import { type Config, ConfigError, type Env, readConfig } from "./config.ts";
import { GateUnavailable } from "./documents.ts";
import { refusalOf } from "./gate.ts";
import { gates } from "./gates.ts";
import { problem, problemResponse } from "./problem.ts";
import { postSubmissions } from "./submissions.ts";
import { getVerdict } from "./verdicts.ts";

export { AnnotatorObject } from "./annotator.ts";
export { BomObject } from "./bom.ts";
export { ItemShard } from "./item.ts";

export default {
  async fetch(request, env, context): Promise<Response> {
    try {
      return await route(request, env, readConfig(env), context);
    } catch (error) {
      if (error instanceof ConfigError) {
        return problemResponse(problem("misconfigured", error.message));
      }
      if (error instanceof GateUnavailable) {
        return problemResponse(problem("gate-unavailable", error.message, { retry_after_s: 5 }));
      }
      console.error(error);
      const detail = "the request could not be carried out; nothing was taken, send it again";
      return problemResponse(problem("storage-unavailable", detail, { retry_after_s: 1 }));
    }
  },
} satisfies ExportedHandler<Env>;

async function route(request: Request, env: Env, config: Config, context: ExecutionContext): Promise<Response> {
  const { pathname } = new URL(request.url);
  if (pathname === "/v1/submissions") {
    return allow(request, ["POST"]) ?? postSubmissions(request, env, config, context);
  }
  if (pathname === "/healthz") {
    return allow(request, ["GET", "HEAD"]) ?? health(env, context);
  }
  const id = verdictId(pathname);
  if (id !== undefined) {
    return allow(request, ["GET", "HEAD"]) ?? getVerdict(request, id, env, config);
  }
  return problemResponse(problem("no-such-page", "there is no such page; see README.md for those there are"));
}

/** The answer to a method that a page does not take; `undefined` when it does. */
function allow(request: Request, methods: string[]): Response | undefined {
  if (methods.includes(request.method)) {
    return undefined;
  }
  const allowed = methods.join(", ");
  return problemResponse(problem("method-not-allowed", `this page takes ${allowed}`), { allow: allowed });
}

/** The id in `/v1/verdicts/{id}`; `undefined` for any other path. */
function verdictId(pathname: string): string | undefined {
  const segment = /^\/v1\/verdicts\/([^/]+)$/.exec(pathname)?.[1];
  if (segment === undefined) {
    return undefined;
  }
  try {
    return decodeURIComponent(segment);
  } catch {
    return undefined;
  }
}

/**
 * Whether the gate is loaded and takes its BOM, which loads it when it is not. The backend is not asked:
 * while it is down, submissions are still judged and kept.
 */
async function health(env: Env, context: ExecutionContext): Promise<Response> {
  const nowMs = await readClock(env);
  await gates.ready(env, context, nowMs);
  const ready = gates.now(env, context, nowMs);
  const { gate, policy, bom } = ready.standing;
  const { summary } = bom;
  const refusal = refusalOf(ready, nowMs);
  const report = {
    status: refusal === undefined ? "ok" : "failing",
    gate,
    policy,
    bom: {
      trust: bom.trust,
      trusted: refusal === undefined,
      ...refusal,
      serial_number: summary?.serial_number,
      version: summary?.version,
      publications: summary?.publications,
      expires_at: summary?.expires_at_ms === undefined ? undefined : isoTime(summary.expires_at_ms),
      summary,
    },
    refresh: gates.freshness(nowMs),
  };
  return Response.json(report, {
    status: refusal === undefined ? 200 : 503,
    headers: { "cache-control": "no-store" },
  });
}

/** A checkpoint may name a time beyond the years that JavaScript has. */
function isoTime(ms: number): string {
  return Math.abs(ms) <= 8.64e15 ? new Date(ms).toISOString() : String(ms);
}
