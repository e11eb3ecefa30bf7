import type { AnnotatorObject, Screened, Taken } from "./annotator.ts";
import { type Caller, identify } from "./caller.ts";
import { readClock } from "./clock.ts";
import type { Config, Env } from "./config.ts";
import { GateFailure, type Judged } from "./gate.ts";
import { gates } from "./gates.ts";
import { readBounded, splitLines } from "./lines.ts";
import { annotatorObject } from "./objects.ts";
import { type Problem, problem, problemResponse } from "./problem.ts";
import { statusOf, verdictResponse, viewFor } from "./verdicts.ts";

/** What one submission is answered with: a verdict, or why there is none. */
type Outcome = { judged: Judged } | { problem: Problem };

/**
 * `POST /v1/submissions`: one submission as `application/json`, or any number of them as
 * `application/x-ndjson`, one a line, each answered on a line of its own, in order, as soon as it is known.
 */
export async function postSubmissions(
  request: Request,
  env: Env,
  config: Config,
  context: ExecutionContext,
): Promise<Response> {
  const kind = (request.headers.get("content-type") ?? "").split(";")[0]!.trim().toLowerCase();
  if (kind !== "application/json" && kind !== "application/x-ndjson") {
    const detail = "send application/json with one submission, or application/x-ndjson with one a line";
    return problemResponse(problem("unsupported-media-type", detail), {
      "accept-post": "application/json, application/x-ndjson",
    });
  }
  const caller = await identify(request, config.operatorSecret);
  const nowMs = await readClock(env);
  await gates.ready(env, context, nowMs);
  const { maxBytes } = gates.now(env, context, nowMs);
  const desk = new Desk(maxBytes, env, config, context);
  return kind === "application/json"
    ? postOne(request, desk, caller)
    : postLines(request, desk, caller, context);
}

async function postOne(request: Request, desk: Desk, caller: Caller): Promise<Response> {
  // The length is only a claim, so it can refuse early but never let in: the body is counted as well.
  const declared = Number(request.headers.get("content-length") ?? 0);
  if (declared > desk.maxBytes) {
    await request.body?.cancel();
    return problemResponse(desk.tooLarge());
  }
  const bytes = request.body === null ? new Uint8Array() : await readBounded(request.body, desk.maxBytes);
  if (bytes === undefined) {
    return problemResponse(desk.tooLarge());
  }
  const outcome = await desk.judge(bytes, await desk.nowMs());
  if ("problem" in outcome) {
    return problemResponse(outcome.problem);
  }
  return verdictResponse(outcome.judged, caller, statusOf(outcome.judged));
}

function postLines(request: Request, desk: Desk, caller: Caller, context: ExecutionContext): Response {
  const { readable, writable } = new IdentityTransformStream();
  const answering = answerLines(request.body, writable, desk, caller).catch((error: unknown) => {
    // The sender left, or cannot be read from. What was answered so far stands.
    console.error(`a stream of submissions ended early: ${error instanceof Error ? error.message : error}`);
    return writable.abort(error).catch(() => undefined);
  });
  context.waitUntil(answering);
  return new Response(readable, {
    headers: { "content-type": "application/x-ndjson", "cache-control": "no-store" },
  });
}

async function answerLines(
  body: ReadableStream<Uint8Array> | null,
  writable: WritableStream<Uint8Array>,
  desk: Desk,
  caller: Caller,
): Promise<void> {
  const writer = writable.getWriter();
  try {
    let written: Promise<void> = Promise.resolve();
    const underWay: Promise<void>[] = [];
    for await (const line of body === null ? [] : splitLines(body, desk.maxBytes)) {
      // The clock first: from here to the annotator's object nothing waits, so that lines keep their order.
      const nowMs = await desk.nowMs();
      const outcome = "bytes" in line ? desk.judge(line.bytes, nowMs) : { problem: desk.tooLarge() };
      written = written.then(async () => writer.write(lineOf(await outcome, caller)));
      // Its failure is seen where it is awaited below; before that it must not count as unhandled.
      written.catch(() => undefined);
      underWay.push(written);
      // A sender who does not read the answers is not read from either: memory stays bounded.
      if (underWay.length >= MOST_UNDER_WAY) {
        await underWay.shift();
      }
    }
    await written;
    await writer.close();
  } finally {
    writer.releaseLock();
  }
}

/** Lines of one stream judged at the same time: hides the waiting, holds at most 16 × `max_bytes`. Chosen. */
const MOST_UNDER_WAY = 16;

/** Judges the submissions of one request. */
class Desk {
  /** Largest submission, in bytes: by the gate with which the request began, however long it takes. */
  readonly maxBytes: number;
  readonly #env: Env;
  readonly #config: Config;
  readonly #context: ExecutionContext;
  /**
   * One stub an annotator: calls on one stub arrive in the order they were made, so that an annotator's
   * lines are judged in the order they were sent.
   */
  readonly #stubs = new Map<string, DurableObjectStub<AnnotatorObject>>();

  /** The last submission whose item was read about. */
  #last: Promise<unknown> = Promise.resolve();

  constructor(maxBytes: number, env: Env, config: Config, context: ExecutionContext) {
    this.maxBytes = maxBytes;
    this.#env = env;
    this.#config = config;
    this.#context = context;
  }

  tooLarge(): Problem {
    return problem("too-large", `a submission has at most ${this.maxBytes} bytes`);
  }

  nowMs(): Promise<number> {
    return readClock(this.#env);
  }

  /** Never throws: every submission has an answer of its own. */
  async judge(bytes: Uint8Array, nowMs: number): Promise<Outcome> {
    try {
      const screened = await this.#screen(bytes, nowMs);
      if ("judged" in screened) {
        return screened;
      }
      const taken = await this.#annotator(screened.annotator).take(screened);
      if ("mark" in taken && taken.mark !== screened.mark) {
        gates.catchUp(this.#env, this.#context, nowMs);
      }
      return outcomeOf(screened.id, taken);
    } catch (error) {
      console.error(`a submission was not taken: ${error instanceof Error ? error.message : error}`);
      const again = { retry_after_s: 1 };
      return {
        problem:
          error instanceof GateFailure
            ? problem("gate-failed", "the gate could not read the submission; nothing was taken", again)
            : problem("storage-unavailable", "nothing could be stored, so nothing was taken; send it again", again),
      };
    }
  }

  async #screen(bytes: Uint8Array, nowMs: number): Promise<Screened | { judged: Judged }> {
    const gate = gates.now(this.#env, this.#context, nowMs);
    using _ = gate.hold();
    const loading = gate.load(bytes, this.#context);
    // Those that came before go on before this one: they are read for at the same time, and judged in their order.
    this.#last = this.#last.then(() => loading);
    await this.#last;
    const screened = gate.screen(bytes);
    return "judged" in screened ? screened : { ...screened.named, bytes, nowMs, mark: gate.mark };
  }

  #annotator(annotator: string): DurableObjectStub<AnnotatorObject> {
    const stub = this.#stubs.get(annotator) ?? annotatorObject(annotator, this.#env, this.#config);
    // The last used goes to the end; the first, used longest ago, has nothing under way any more.
    this.#stubs.delete(annotator);
    this.#stubs.set(annotator, stub);
    if (this.#stubs.size > MOST_STUBS) {
      this.#stubs.delete(this.#stubs.keys().next().value!);
    }
    return stub;
  }
}

/** More than `MOST_UNDER_WAY`, so that no stub with a call under way is dropped. */
const MOST_STUBS = 256;

function outcomeOf(submission: string, taken: Taken): Outcome {
  if ("idInUse" in taken) {
    const detail =
      "another submission was taken under this id; nothing of this one was taken, and sending it again will not help";
    return { problem: problem("id-in-use", detail, { submission }) };
  }
  if (taken.pendingMs === undefined) {
    return { judged: taken.judged };
  }
  const detail =
    "accepted and kept, but the collection backend does not have it yet; it is sent again by itself, and " +
    "asking again with the same submission is safe";
  const retryAfterS = Math.max(1, Math.ceil(taken.pendingMs / 1000));
  return {
    problem: problem("backend-unavailable", detail, { submission, retry_after_s: retryAfterS }),
  };
}

function lineOf(outcome: Outcome, caller: Caller): Uint8Array {
  const answer = "problem" in outcome ? encode(JSON.stringify(outcome.problem)) : viewFor(caller, outcome.judged);
  const line = new Uint8Array(answer.length + 1);
  line.set(answer);
  line[answer.length] = LF;
  return line;
}

const LF = 0x0a;

function encode(text: string): Uint8Array {
  return new TextEncoder().encode(text);
}
