// Everything a test of the worker needs, in one folder that is removed at the end: workerd with the worker, a
// collector behind it, a clock that stands still.

import { createHash } from "node:crypto";
import { mkdtemp, rm } from "node:fs/promises";
import { readFileSync } from "node:fs";
import os from "node:os";
import path from "node:path";

import { ITEMS } from "../../demo/items.mjs";
import { makeDemo } from "../../demo/make.mjs";
import { documentsIn, startEdge } from "../../local.mjs";
import { Gateway, startCollector } from "./collector.mjs";

/** 2026-11-23T10:00:00Z, the time at which every test begins. */
export const NOW_MS = 1_795_428_000_000;

export const SECRET = "a-secret-for-tests";

/** Sets a lab up for one test, and closes it at the test's end. */
export async function openLab(context, options = {}) {
  const lab = await newLab(options);
  context.after(() => lab.close());
  return lab;
}

/** Sets a lab up. Whoever does closes it. */
export async function newLab(options = {}) {
  const lab = new Lab(options);
  lab.folder = await mkdtemp(path.join(os.tmpdir(), "labelgate-edge-"));
  lab.collector = await startCollector(lab.folder);
  lab.backend = new Gateway(`${lab.collector.url}/v1/labels`);
  await lab.backend.open();
  await makeDemo(path.join(lab.folder, "demo"), NOW_MS);
  lab.documents = { ...(await documentsIn(path.join(lab.folder, "demo"))), ...options.documents };
  await lab.start();
  return lab;
}

class Lab {
  /** What the worker takes for the time. */
  nowMs = NOW_MS;
  edge;
  #options;

  constructor(options) {
    this.#options = options;
  }

  get url() {
    return this.edge.url;
  }

  /** Starts the worker, with the storage it had before. */
  async start(more = {}) {
    this.edge = await startEdge({
      backend: this.backend.url,
      persist: path.join(this.folder, "storage"),
      documents: this.documents,
      operatorSecret: SECRET,
      clock: () => this.nowMs,
      quiet: true,
      ...this.#options.edge,
      ...more,
      // Patient, so that a busy machine is not taken for a dead backend; and quick to try again.
      settings: { BACKEND_TIMEOUT_MS: 20_000, RETRY_FIRST_MS: 20, RETRY_LONGEST_MS: 100, ...this.#options.settings },
    });
  }

  /** Other settings of the worker, from its next start on. */
  useSettings(settings) {
    this.#options.settings = { ...this.#options.settings, ...settings };
  }

  /** Ends the worker; what it stored stays. */
  async stop() {
    const edge = this.edge;
    // Ending it twice would wait for ever.
    this.edge = undefined;
    await edge?.end();
  }

  async restart() {
    await this.stop();
    await this.start();
  }

  async close() {
    await this.stop();
    await this.backend?.close();
    await this.collector?.end();
    await rm(this.folder, { recursive: true, force: true });
  }

  demo(name) {
    return readFileSync(path.join(this.folder, "demo", name), "utf8");
  }

  /** Sends one submission. `as` is `operator` for the full view. */
  async send(submission, { as } = {}) {
    const response = await this.post(submission, "application/json", as);
    return answerOf(response);
  }

  /** Asks again until the worker has noted the delivery, which something else has set under way. */
  async sendUntilDelivered(submission, options) {
    for (;;) {
      const answered = await this.send(submission, options);
      if (answered.status !== 503) {
        return answered;
      }
    }
  }

  /** Sends many as a stream; gives one answer each. */
  async sendLines(submissions, { as } = {}) {
    const body = submissions.map((submission) => `${textOf(submission)}\n`).join("");
    const response = await this.post(body, "application/x-ndjson", as);
    const text = await response.text();
    return text.split("\n").slice(0, -1).map((line) => JSON.parse(line));
  }

  post(body, kind, as) {
    return fetch(`${this.url}/v1/submissions`, {
      method: "POST",
      headers: { "content-type": kind, ...(as === "operator" && { authorization: `Bearer ${SECRET}` }) },
      body: textOf(body),
    });
  }

  async verdict(id, annotator, { as } = {}) {
    const query = new URLSearchParams({ annotator });
    const response = await fetch(`${this.url}/v1/verdicts/${encodeURIComponent(id)}?${query}`, {
      headers: as === "operator" ? { authorization: `Bearer ${SECRET}` } : {},
    });
    return answerOf(response);
  }

  /** The ids of what the collector has, in the order it came. */
  async collected() {
    return (await this.collector.labels()).map(({ body }) => JSON.parse(body).id);
  }
}

/** A well-made answer to an item of the demo, taken at leisure; every part can be replaced. */
export function answer({ id, annotator = "ann-1", item = 0, endedMs = NOW_MS - 1000, tookMs = 8000, ...rest }) {
  const { name, content, answer } = ITEMS[item];
  return {
    id,
    annotator,
    item: { id: name, digest: { sha256: sha256(content) } },
    label: { class: answer },
    started_at: new Date(endedMs - tookMs).toISOString(),
    submitted_at: new Date(endedMs).toISOString(),
    ...rest,
  };
}

export function sha256(text) {
  return createHash("sha256").update(text).digest("hex");
}

/** The codes of a verdict's reasons. */
export function codes(verdict) {
  return verdict.reasons.map(({ code }) => code);
}

async function answerOf(response) {
  const text = await response.text();
  return {
    status: response.status,
    kind: response.headers.get("content-type"),
    headers: response.headers,
    text,
    body: JSON.parse(text),
  };
}

function textOf(submission) {
  return typeof submission === "string" ? submission : JSON.stringify(submission);
}
