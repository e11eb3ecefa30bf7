/** The codes of errors that are not verdicts. They never change meaning. */
export type ProblemCode =
  | "backend-unavailable"
  | "annotator-missing"
  | "gate-failed"
  | "gate-unavailable"
  | "id-in-use"
  | "method-not-allowed"
  | "misconfigured"
  | "no-such-page"
  | "no-such-verdict"
  | "storage-unavailable"
  | "too-large"
  | "unsupported-media-type";

/** An error in the form of RFC 9457; `code` is the member to branch on. */
export interface Problem {
  title: string;
  status: number;
  code: ProblemCode;
  detail: string;
  /** The id of the submission that this is about, where it is known. */
  submission?: string;
  /** When to ask again. Also sent as the header `Retry-After`. */
  retry_after_s?: number;
}

const TITLES: Record<ProblemCode, [status: number, title: string]> = {
  "annotator-missing": [400, "Annotator missing"],
  "backend-unavailable": [503, "Backend unavailable"],
  "gate-failed": [503, "Gate failed"],
  "gate-unavailable": [503, "Gate unavailable"],
  "id-in-use": [409, "Id in use"],
  "method-not-allowed": [405, "Method not allowed"],
  misconfigured: [500, "Misconfigured"],
  "no-such-page": [404, "No such page"],
  "no-such-verdict": [404, "No such verdict"],
  "storage-unavailable": [503, "Storage unavailable"],
  "too-large": [413, "Too large"],
  "unsupported-media-type": [415, "Unsupported media type"],
};

export function problem(
  code: ProblemCode,
  detail: string,
  more: Pick<Problem, "submission" | "retry_after_s"> = {},
): Problem {
  const [status, title] = TITLES[code];
  return { title, status, code, detail, ...more };
}

export function problemResponse(problem: Problem, headers: Record<string, string> = {}): Response {
  const all = new Headers(headers);
  all.set("content-type", "application/problem+json");
  all.set("cache-control", "no-store");
  if (problem.retry_after_s !== undefined) {
    all.set("retry-after", String(problem.retry_after_s));
  }
  return new Response(JSON.stringify(problem), { status: problem.status, headers: all });
}
