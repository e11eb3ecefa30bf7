#!/usr/bin/env node
// Makes the demo data set. See `node demo/make.mjs --help`.

import { createHash } from "node:crypto";
import { mkdir, writeFile } from "node:fs/promises";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";

import { GOLD, ITEMS, ANSWERS } from "./items.mjs";

const HELP = `Makes the demo data set: items, their BOM, policy, gold answers, and three things to send.

Usage: node demo/make.mjs [--out DIR] [--print-curl URL]

  --out DIR         folder to write to                          [default: edge/dist/demo]
  --print-curl URL  also print a curl command for each thing to send; URL is that of the edge
  --help            print this

The submissions are stamped with the time at which this runs; all else is the same every time.`;

const here = path.dirname(fileURLToPath(import.meta.url));

/** Writes the demo data set to a folder. Its submissions end at `nowMs`. */
export async function makeDemo(folder, nowMs) {
  for (const { name, content } of ITEMS) {
    await write(path.join(folder, "items", name), content);
  }
  const files = {
    "policy.json": pretty(policy()),
    "bom.json": pretty(bom()),
    "gold.json": pretty(gold()),
    "good.json": pretty(good(nowMs)),
    "altered.json": pretty(altered(nowMs)),
    "bot.ndjson": bot(nowMs)
      .map((submission) => `${JSON.stringify(submission)}\n`)
      .join(""),
  };
  for (const [name, content] of Object.entries(files)) {
    await write(path.join(folder, name), content);
  }
}

/** One label a task, and a BOM that anybody could have written: for a demo only. */
function policy() {
  return { bom: { trust: "unsigned-for-development" }, label: { kind: "class", classes: ANSWERS } };
}

/** CycloneDX 1.7: the data set, its items with their digests, and the claim that these are all. */
function bom() {
  return {
    $schema: "http://cyclonedx.org/schema/bom-1.7.schema.json",
    bomFormat: "CycloneDX",
    specVersion: "1.7",
    serialNumber: "urn:uuid:9d1c2f7e-3a54-4c1b-8a52-0f6f1f2f6a10",
    version: 1,
    components: [
      {
        type: "data",
        "bom-ref": "urn:labelgate:sample",
        name: "sample",
        version: "1",
        components: ITEMS.map(({ name, content }) => ({
          type: "file",
          "bom-ref": name,
          name,
          hashes: [{ alg: "SHA-256", content: sha256(content) }],
        })),
      },
    ],
    compositions: [{ aggregate: "complete", assemblies: ["urn:labelgate:sample"] }],
  };
}

function gold() {
  const known = ITEMS.filter(({ name }) => GOLD.includes(name));
  return Object.fromEntries(known.map(({ name, answer }) => [name, [{ class: answer }]]));
}

/** An honest answer, in the time it takes to look. */
function good(nowMs) {
  return submission("good-1", "ann-7", ITEMS[0], { tookMs: 7_250, submittedMs: nowMs - 500 });
}

/** An answer to other bytes than were published: somebody swapped the image. */
function altered(nowMs) {
  const swapped = { ...ITEMS[2], content: ITEMS[2].content.replace(/#[0-9a-f]{6}/, "#ffffff") };
  return submission("altered-1", "ann-8", swapped, { tookMs: 5_100, submittedMs: nowMs - 500 });
}

/** A script that answers every item the moment it is shown, one after the other. */
function bot(nowMs) {
  const gapMs = 400;
  return ITEMS.map((item, index) =>
    submission(`bot-${index + 1}`, "bot-1", item, {
      tookMs: 150,
      submittedMs: nowMs - 500 - (ITEMS.length - 1 - index) * gapMs,
    }),
  );
}

function submission(id, annotator, item, { tookMs, submittedMs }) {
  return {
    id,
    annotator,
    item: { id: item.name, digest: { sha256: sha256(item.content) } },
    label: { class: item.answer },
    started_at: new Date(submittedMs - tookMs).toISOString(),
    submitted_at: new Date(submittedMs).toISOString(),
    elapsed_ms: tookMs,
    session: `${annotator}-tab`,
  };
}

/** Commands to paste into a shell, each with what it should lead to. */
function curlCommands(folder, url) {
  const command = (what, file, kind) =>
    `# ${what}\ncurl -sS ${url}/v1/submissions -H 'content-type: ${kind}' --data-binary @${shellWord(path.join(folder, file))}; echo`;
  return [
    command("a good answer: accept", "good.json", "application/json"),
    command("an answer to an altered item: reject, with the digest found and the one expected", "altered.json", "application/json"),
    command("a bot's stream: soon held for review, as too fast", "bot.ndjson", "application/x-ndjson"),
  ].join("\n");
}

function sha256(content) {
  return createHash("sha256").update(content).digest("hex");
}

function pretty(document) {
  return `${JSON.stringify(document, null, 2)}\n`;
}

async function write(file, content) {
  await mkdir(path.dirname(file), { recursive: true });
  await writeFile(file, content);
}

function shellWord(text) {
  return /^[\w./-]+$/.test(text) ? text : `'${text.replaceAll("'", "'\\''")}'`;
}

async function main(args) {
  const { values } = parseArgs({
    args,
    options: {
      out: { type: "string", default: path.join(here, "../dist/demo") },
      "print-curl": { type: "string" },
      help: { type: "boolean", default: false },
    },
  });
  if (values.help) {
    console.log(HELP);
    return;
  }
  await makeDemo(values.out, Date.now());
  if (values["print-curl"] !== undefined) {
    const shown = path.relative(process.cwd(), values.out) || ".";
    console.log(curlCommands(shown, values["print-curl"].replace(/\/$/, "")));
  }
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  try {
    await main(process.argv.slice(2));
  } catch (error) {
    console.error(`make: ${error.message}`);
    process.exitCode = 2;
  }
}
