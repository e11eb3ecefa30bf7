// The commands of README.md here, and the one of the README at the root that needs a worker, run as their readers
// would run them. tests/documents.rs at the root sees to it that no block is left out.

import assert from "node:assert/strict";
import { execFile, spawn } from "node:child_process";
import { once } from "node:events";
import { readFileSync } from "node:fs";
import { mkdtemp, rm } from "node:fs/promises";
import os from "node:os";
import path from "node:path";
import { createInterface } from "node:readline";
import { after, before, test } from "node:test";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";

import { DOCUMENTS } from "../local.mjs";
import { startCollector } from "./support/collector.mjs";

const edge = fileURLToPath(new URL("..", import.meta.url));
const root = path.join(edge, "..");
const run = promisify(execFile);

/** The commands of all shell blocks of a document, with the comment lines that follow each. */
function commandsOf(file) {
  const blocks = readFileSync(file, "utf8").matchAll(/^ *```sh\n(.*?)^ *```$/gms);
  const commands = [];
  for (const line of [...blocks].flatMap(([, text]) => text.split("\n")).map((line) => line.trim())) {
    if (line.startsWith("# ")) {
      commands.at(-1).says.push(line.slice(2));
    } else if (line !== "") {
      commands.push({ command: line.split(" #")[0].trim(), says: [] });
    }
  }
  return commands;
}

const here = commandsOf(path.join(edge, "README.md"));
const frontPage = commandsOf(path.join(root, "README.md"));

/** Commands of this document that no test has taken yet. Those for cargo xtask and npm are not for this file. */
const left = new Set(here.filter(({ command }) => !/^cargo xtask |npm ci$/.test(command)));

/** The commands that begin like this, which are `count`. */
function take(start, count) {
  const found = here.filter(({ command }) => command.startsWith(start));
  assert.equal(found.length, count, `${count} commands \`${start}…\` in edge/README.md`);
  for (const command of found) {
    left.delete(command);
  }
  return found;
}

let folder;
let collector;
let dev;
let url;

before(async () => {
  folder = await mkdtemp(path.join(os.tmpdir(), "labelgate-readme-"));
  collector = await startCollector(folder);
  // As it is written, but for the places: a free port, and a folder of the test's own.
  const [{ command }] = take("node dev.mjs", 1);
  const places = { ".wrangler/labelgate": path.join(folder, "storage") };
  const args = command.split(" ").slice(1).map((word) => places[word] ?? word);
  assert.ok(args.includes(places[".wrangler/labelgate"]), command);
  const more = ["--port", "0", "--backend", `${collector.url}/v1/labels`, "--data", path.join(folder, "dist/demo")];
  await makeDemo();
  dev = spawn(process.execPath, [...args, ...more], { cwd: edge, stdio: ["ignore", "pipe", "inherit"] });
  const [line] = await once(createInterface(dev.stdout), "line");
  assert.match(line, /^ready http:\/\/127\.0\.0\.1:\d+$/);
  url = line.replace("ready ", "");
});

after(async () => {
  if (dev !== undefined && dev.exitCode === null) {
    dev.kill("SIGTERM");
    await once(dev, "exit");
  }
  await collector?.end();
  await rm(folder, { recursive: true, force: true });
});

/** Makes the demo's files with the README's command, and answers what it printed. */
async function makeDemo() {
  const [{ command }] = take("node demo/make.mjs", 1);
  const { stdout } = await sh(`${command} --out ${path.join(folder, "dist/demo")}`, edge);
  return stdout;
}

function sh(line, cwd) {
  return run("sh", ["-c", line], { cwd });
}

/** The same command, to the worker that runs here. */
function toWorker(command) {
  assert.ok(command.includes(" http://127.0.0.1:8787/"), command);
  return command.replace("http://127.0.0.1:8787", url);
}

test("the demo's maker prints three commands to paste", async () => {
  const commands = (await makeDemo()).split("\n").filter((line) => line.startsWith("curl "));
  assert.equal(commands.length, 3);
  assert.ok(commands.every((command) => command.includes(" http://127.0.0.1:8787/v1/submissions ")), commands);
});

test("the curl command here answers what stands below it", async () => {
  for (const { command, says } of take("curl ", 1)) {
    const { stdout } = await sh(toWorker(command), folder);
    assert.deepEqual(says.map((line) => JSON.parse(line)), [JSON.parse(stdout)]);
  }
});

test("the curl command of the front page is answered with a verdict that accepts", async () => {
  const commands = frontPage.filter(({ command }) => command.startsWith("curl "));
  assert.equal(commands.length, 1);
  const { stdout } = await sh(toWorker(commands[0].command), path.join(folder, "dist/demo"));
  assert.equal(JSON.parse(stdout).decision, "accept");
});

test("the collector takes the options that it is started with", async () => {
  const [{ command }] = take("cargo run -p collector", 1);
  const [cargo, options] = command.split(" -- ");
  const { stdout } = await sh(`${cargo} --quiet -- ${options} --help`, root);
  assert.match(stdout, /--database <\w+>/);
});

test("wrangler knows the commands that fill the bucket, and the bucket is the worker's", async () => {
  const [, bucket] = /"bucket_name": "([\w-]+)"/.exec(readFileSync(path.join(edge, "wrangler.jsonc"), "utf8"));
  const commands = take("npx wrangler r2 ", 5).map(({ command }) => command.replace("npx wrangler ", ""));
  const [create, ...puts] = commands;
  assert.equal(create, `r2 bucket create ${bucket}`);
  const documents = DOCUMENTS.map((name) => `r2 object put ${bucket}/${name} --file ${name} --remote`);
  assert.deepEqual(puts, documents);
  // What they do needs an account; whether there are such commands does not.
  for (const [kind, options] of [["r2 bucket create", []], ["r2 object put", ["--file", "--remote"]]]) {
    const { stdout } = await run(
      process.execPath,
      ["node_modules/wrangler/bin/wrangler.js", ...kind.split(" "), "--help"],
      { cwd: edge, env: { ...process.env, CI: "1", NO_COLOR: "1", WRANGLER_SEND_METRICS: "false", CLOUDFLARE_CF_FETCH_ENABLED: "false", WRANGLER_LOG_PATH: folder } },
    );
    for (const word of [kind, ...options]) {
      assert.ok(stdout.includes(word), `${word} in\n${stdout}`);
    }
  }
});

test("no command is left out", () => {
  assert.ok(here.length > 8);
  assert.deepEqual([...left], []);
});
