import assert from "node:assert/strict";
import { execFile, spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import os from "node:os";
import path from "node:path";
import { createInterface } from "node:readline";
import { test } from "node:test";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";

import { newKey } from "../demo/sign.mjs";
import { SECRET } from "./support/lab.mjs";
import { Gateway, startCollector } from "./support/collector.mjs";

const edge = fileURLToPath(new URL("..", import.meta.url));
const run = promisify(execFile);

test("the three curl commands of the demo: accept, reject as altered, review as too fast", async (t) => {
  const folder = await mkdtemp(path.join(os.tmpdir(), "labelgate-dev-"));
  const collector = await startCollector(folder);
  const dev = await startDev([
    ...["--port", "0", "--backend", `${collector.url}/v1/labels`, "--persist", path.join(folder, "storage")],
    ...["--operator-secret", SECRET],
  ]);
  t.after(async () => {
    await end(dev.child);
    await collector.end();
    await rm(folder, { recursive: true, force: true });
  });

  const data = path.join(folder, "demo");
  const { stdout } = await run(process.execPath, ["demo/make.mjs", "--out", data, "--print-curl", dev.url], { cwd: edge });
  const commands = stdout.split("\n").filter((line) => line.startsWith("curl "));
  assert.equal(commands.length, 3);
  const answers = [];
  for (const command of commands) {
    answers.push((await run("sh", ["-c", command], { cwd: edge })).stdout.trim());
  }
  assert.deepEqual(JSON.parse(answers[0]), { decision: "accept", submission: "good-1", reasons: [] });
  assert.equal(JSON.parse(answers[1]).reasons[0].code, "item-altered");
  const last = JSON.parse(answers[2].split("\n").at(-1));
  assert.equal(last.decision, "review");
  assert.equal(last.reasons[0].code, "too-fast");
  const labels = await collector.labels();
  assert.equal(labels[0].body, readFileSync(path.join(data, "good.json"), "utf8"));

  const full = await fetch(`${dev.url}/v1/verdicts/good-1?annotator=ann-7`, {
    headers: { authorization: `Bearer ${SECRET}` },
  });
  assert.equal((await full.json()).annotator, "ann-7");
});

test("the development server ends in order at SIGTERM, and leaves no workerd behind", async (t) => {
  const unused = new Gateway("http://127.0.0.1:1/");
  await unused.open();
  t.after(() => unused.close());
  const { child } = await startDev(["--port", "0", "--backend", unused.url]);
  t.after(() => end(child));
  const workerd = childrenOf(child.pid).filter((id) => commandOf(id).includes("workerd"));
  assert.equal(workerd.length, 1);
  child.kill("SIGTERM");
  assert.deepEqual(await once(child, "exit"), [0, null]);
  assert.ok(!existsSync(`/proc/${workerd[0]}/exe`) || !commandOf(workerd[0]).includes("workerd"));
});

test("a wrong option or an empty data folder ends with 2 and one sentence", async (t) => {
  const empty = await mkdtemp(path.join(os.tmpdir(), "labelgate-dev-"));
  t.after(() => rm(empty, { recursive: true, force: true }));
  for (const [args, sentence] of [
    [["--port", "many"], /^edge: --port is a whole number/],
    [["--colour", "red"], /^edge: Unknown option '--colour'/],
    [["--port", "0", "--data", empty], /^edge: the gate does not work: .*policy\.json is missing/],
  ]) {
    await assert.rejects(run(process.execPath, ["dev.mjs", ...args], { cwd: edge }), (error) => {
      assert.equal(error.code, 2);
      assert.match(error.stderr.split("\n").find((line) => line.startsWith("edge:")), sentence);
      return true;
    });
  }
});

test("the demo data set is the same every time with the same key, but for the times of its submissions", async (t) => {
  const folder = await mkdtemp(path.join(os.tmpdir(), "labelgate-dev-"));
  t.after(() => rm(folder, { recursive: true, force: true }));
  const { makeDemo } = await import("../demo/make.mjs");
  const key = await newKey();
  for (const name of ["a", "b", "c"]) {
    await mkdir(path.join(folder, name));
    await writeFile(path.join(folder, name, "key.jwk"), JSON.stringify(key));
  }
  for (const [name, nowMs] of [["a", 1_795_428_000_000], ["b", 1_795_428_000_000], ["c", 1_800_000_000_000]]) {
    await makeDemo(path.join(folder, name), nowMs);
  }
  const read = (name) =>
    Object.fromEntries(
      readdirSync(path.join(folder, name), { recursive: true, withFileTypes: true })
        .filter((entry) => entry.isFile())
        .map((entry) => path.join(entry.path, entry.name))
        .map((file) => [path.relative(path.join(folder, name), file), readFileSync(file, "utf8")]),
    );
  const [a, b, c] = ["a", "b", "c"].map(read);
  assert.deepEqual(a, b);
  const changed = Object.keys(a).filter((name) => a[name] !== c[name]);
  assert.deepEqual(changed.sort(), ["altered.json", "bot.ndjson", "good.json"]);
});

async function startDev(args) {
  const child = spawn(process.execPath, ["dev.mjs", ...args], { cwd: edge, stdio: ["ignore", "pipe", "inherit"] });
  const [line] = await once(createInterface(child.stdout), "line");
  assert.match(line, /^ready http:\/\/127\.0\.0\.1:\d+$/);
  return { child, url: line.replace("ready ", "") };
}

/** Ends it in order, so that its workerd ends too. */
async function end(child) {
  if (child.exitCode === null && child.signalCode === null) {
    child.kill("SIGTERM");
    await once(child, "exit");
  }
}

function childrenOf(id) {
  return readFileSync(`/proc/${id}/task/${id}/children`, "utf8").trim().split(" ").map(Number);
}

function commandOf(id) {
  try {
    return readFileSync(`/proc/${id}/cmdline`, "utf8");
  } catch {
    return "";
  }
}
