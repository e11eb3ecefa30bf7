import { annotatorObject } from "./objects.ts";
import { identify, type Caller } from "./caller.ts";
import type { Config, Env } from "./config.ts";
import type { Judged } from "./gate.ts";
import { problem, problemResponse } from "./problem.ts";

/**
 * `GET /v1/verdicts/{id}?annotator={annotator}`: the stored verdict of a submission.
 *
 * An id names one submission of one annotator, and lives in that annotator's object. Asking for the annotator
 * too makes the look-up one read of one object, however many submissions there ever were; an index over all
 * of them would be one more write for each, and another thing to keep in step.
 */
export async function getVerdict(request: Request, id: string, env: Env, config: Config): Promise<Response> {
  const caller = await identify(request, config.operatorSecret);
  // Once callers carry tokens, an annotator's own token says who they are and this may be left out.
  const annotator = new URL(request.url).searchParams.get("annotator");
  if (annotator === null || annotator === "") {
    return problemResponse(problem("annotator-missing", "add `?annotator=` with the annotator's id"));
  }
  const judged = await annotatorObject(annotator, env, config).verdict(id);
  if (judged === null) {
    const detail = "this annotator has no stored verdict under this id; what is refused at once is not stored";
    return problemResponse(problem("no-such-verdict", detail));
  }
  return verdictResponse(judged, caller, 200);
}

/** The view that this caller may see. */
export function viewFor(caller: Caller, judged: Judged): Uint8Array {
  return caller.isOperator ? judged.full : judged.view;
}

export function verdictResponse(
  judged: Judged,
  caller: Caller,
  status: number,
  headers: Record<string, string> = {},
): Response {
  return new Response(viewFor(caller, judged), {
    status,
    headers: { ...headers, "content-type": "application/json", "cache-control": "no-store" },
  });
}

/**
 * The status of an answer with a verdict. `review` is 200 like `accept`: the sender has done their part and
 * must not send it again. What is refused with proof is 422, or the status HTTP has for its code.
 */
export function statusOf(judged: Judged): number {
  if (judged.decision !== "reject") {
    return 200;
  }
  const { reasons } = JSON.parse(new TextDecoder().decode(judged.full)) as { reasons: { code: string }[] };
  switch (reasons[0]?.code) {
    case "malformed":
      return 400;
    case "too-large":
      return 413;
    default:
      return 422;
  }
}
