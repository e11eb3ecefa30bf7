// The real collector, and a gateway before it that can be told to fail.

import { execFile, spawn } from "node:child_process";
import { once } from "node:events";
import http from "node:http";
import path from "node:path";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";

const root = fileURLToPath(new URL("../../..", import.meta.url));

/** Starts the collector on a free port, with its database in `folder`. Builds it when it is not built. */
export async function startCollector(folder) {
  const program = await build();
  const child = spawn(program, ["--listen", "127.0.0.1:0", "--database", path.join(folder, "labels.sqlite")], {
    stdio: ["ignore", "pipe", "inherit"],
  });
  const [line] = await once(createInterface(child.stdout), "line");
  const url = line.replace("ready ", "");
  return {
    url,
    /** All labels that are stored, in the order they came. */
    async labels() {
      const labels = [];
      for (let after = 0; ; ) {
        const page = await (await fetch(`${url}/v1/labels?limit=1000&after=${after}`)).json();
        if (page.labels.length === 0) {
          return labels;
        }
        labels.push(...page.labels);
        after = page.next;
      }
    },
    async end() {
      child.kill("SIGTERM");
      await once(child, "exit");
    },
  };
}

async function build() {
  const { stdout } = await promisify(execFile)(
    "cargo",
    ["build", "--quiet", "--package", "collector", "--message-format", "json"],
    { cwd: root, maxBuffer: 64 * 1024 * 1024 },
  );
  const artifacts = stdout.split("\n").filter(Boolean).map((line) => JSON.parse(line));
  return artifacts.find(({ executable, target }) => executable && target.name === "collector").executable;
}

/**
 * Passes every request on to a collector, unless it is told otherwise. `answer` is `pass`, `error` (500),
 * `hang` (no answer), `lose` (passes on, and drops the connection instead of answering), or `refuse` (422).
 */
export class Gateway {
  answer = "pass";
  /** The idempotency key of every request so far, in order. */
  keys = [];
  #target;
  #server = http.createServer((request, response) => this.#serve(request, response));
  #port = 0;
  #waiting = [];

  constructor(target) {
    this.#target = target;
  }

  get url() {
    return `http://127.0.0.1:${this.#port}/v1/labels`;
  }

  /** Listens, on the same port as before when it did. */
  async open() {
    this.#server.listen(this.#port, "127.0.0.1");
    await once(this.#server, "listening");
    this.#port = this.#server.address().port;
  }

  /** Refuses connections from now on. */
  async close() {
    this.#server.closeAllConnections();
    await new Promise((resolve) => this.#server.close(resolve));
  }

  /** Resolves with the key of the next request that was passed on and stored. */
  nextStored() {
    return new Promise((resolve) => this.#waiting.push(resolve));
  }

  async #serve(request, response) {
    const key = request.headers["idempotency-key"];
    this.keys.push(key);
    const chunks = [];
    for await (const chunk of request) {
      chunks.push(chunk);
    }
    switch (this.answer) {
      case "hang":
        return;
      case "error":
      case "refuse":
        response.writeHead(this.answer === "error" ? 500 : 422).end();
        return;
    }
    const { host, connection, ...headers } = request.headers;
    const stored = await fetch(this.#target, {
      method: request.method,
      headers,
      body: Buffer.concat(chunks),
    });
    const body = await stored.text();
    if (this.answer === "lose") {
      response.destroy();
    } else {
      response.writeHead(stored.status).end(body);
    }
    for (const resolve of this.#waiting.splice(0)) {
      resolve(key);
    }
  }
}
