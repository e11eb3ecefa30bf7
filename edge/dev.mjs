#!/usr/bin/env node
// Serves the worker on this machine. See `node dev.mjs --help`.

import { existsSync } from "node:fs";
import path from "node:path";
import { parseArgs } from "node:util";
import { fileURLToPath } from "node:url";

import { makeDemo } from "./demo/make.mjs";
import { documentsIn, startEdge } from "./local.mjs";

const HELP = `Serves the edge worker in workerd on 127.0.0.1, as it is deployed.

Usage: node dev.mjs [options]

  --port PORT           port to listen on; 0 takes a free one   [default: 8787]
  --backend URL         where accepted submissions are sent     [default: http://127.0.0.1:8788/v1/labels]
  --persist DIR         folder that keeps annotators, items and outbox over a restart; without it
                        they end with the process
  --data DIR            folder with policy.json, bom.json and gold.json
                        [default: the demo data set, written to edge/dist/demo]
  --www DIR             folder of the page to serve at /        [default: www/dist, when it is there]
  --operator-secret S   who sends it as a bearer token sees the full view; at least 16 characters
  --help                print this

It prints \`ready http://127.0.0.1:PORT\` once it answers. End it with Ctrl-C or SIGTERM.`;

const here = path.dirname(fileURLToPath(import.meta.url));

try {
  await serve(read(process.argv.slice(2)));
} catch (error) {
  console.error(`edge: ${error.message}`);
  process.exitCode = 2;
}

async function serve(options) {
  if (options.help) {
    console.log(HELP);
    return;
  }
  const data = options.data ?? path.join(here, "dist/demo");
  if (options.data === undefined) {
    await makeDemo(data, Date.now());
  }
  const edge = await startEdge({
    port: options.port,
    backend: options.backend,
    persist: options.persist,
    www: options.www,
    operatorSecret: options["operator-secret"],
    documents: await documentsIn(data),
  });
  const ended = new Promise((resolve) => {
    for (const signal of ["SIGINT", "SIGTERM"]) {
      // Miniflare's own listeners end the process in the middle; `edge.end()` does their work in order.
      process.removeAllListeners(signal);
      process.once(signal, resolve);
    }
  });
  try {
    const health = await fetch(`${edge.url}/healthz`);
    if (!health.ok) {
      throw new Error(`the gate does not work: ${await health.text()}`);
    }
    console.log(`ready ${edge.url}`);
    await ended;
  } finally {
    await edge.end();
  }
}

function read(args) {
  const { values } = parseArgs({
    args,
    options: {
      port: { type: "string", default: "8787" },
      backend: { type: "string", default: "http://127.0.0.1:8788/v1/labels" },
      persist: { type: "string" },
      data: { type: "string" },
      www: { type: "string" },
      "operator-secret": { type: "string" },
      help: { type: "boolean", default: false },
    },
  });
  const port = Number(values.port);
  if (!Number.isInteger(port) || port < 0 || port > 65535) {
    throw new Error(`--port is a whole number up to 65535, not \`${values.port}\``);
  }
  const page = path.join(here, "../www/dist");
  const www = values.www ?? (existsSync(path.join(page, "index.html")) ? page : undefined);
  return { ...values, port, www };
}
