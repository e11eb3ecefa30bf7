#!/usr/bin/env node
// Makes the demo data set. See `node demo/make.mjs --help`.

import { createHash } from "node:crypto";
import { mkdir, readFile, writeFile } from "node:fs/promises";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";

import { GOLD, ITEMS, ANSWERS } from "./items.mjs";
import { newKey, publicPart, signed } from "./sign.mjs";

const HELP = `Makes the demo data set: items, their signed BOM, policy, gold answers, and three things to send.

Usage: node demo/make.mjs [--out DIR] [--print-curl URL]

  --out DIR         folder to write to                          [default: edge/dist/demo]
  --print-curl URL  also print a curl command for each thing to send; URL is that of the edge
  --help            print this

The submissions are stamped with the time at which this runs. The key that signs the BOM is made anew unless
DIR has one, as key.jwk; the policy pins it. All else is the same every time.`;

const here = path.dirname(fileURLToPath(import.meta.url));

/** Writes the demo data set to a folder. Its submissions end at `nowMs`. */
export async function makeDemo(folder, nowMs) {
  for (const { name, content } of ITEMS) {
    await write(path.join(folder, "items", name), content);
  }
  const key = await keyIn(folder);
  const files = {
    "policy.json": pretty(policy(key)),
    "bom.json": `${await signed({ serialNumber: serialNumber(key), version: 1, ...bom() }, key)}\n`,
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

/** One label a task, and a BOM that this key has signed. */
function policy(key) {
  return { bom: { trust: "pinned-key", keys: [publicPart(key)] }, label: { kind: "class", classes: ANSWERS } };
}

/** The publisher's key, which only the publisher's machine has: the worker needs none of it. */
async function keyIn(folder) {
  const file = path.join(folder, "key.jwk");
  try {
    return JSON.parse(await readFile(file, "utf8"));
  } catch (error) {
    if (error.code !== "ENOENT") {
      throw error;
    }
    const key = await newKey();
    await mkdir(folder, { recursive: true });
    await writeFile(file, pretty(key), { mode: 0o600 });
    return key;
  }
}

/**
 * Another one for other items and for another key: under one serial number and version a gate takes one list only,
 * and remembers it.
 */
function serialNumber(key) {
  const digits = sha256(JSON.stringify([bom(), publicPart(key)]));
  const [a, b, c, d, e] = [digits.slice(0, 8), digits.slice(8, 12), digits.slice(12, 15), digits.slice(15, 18), digits.slice(18, 30)];
  // RFC 9562, version 8: bits of the maker's own choice.
  return `urn:uuid:${a}-${b}-8${c}-8${d}-${e}`;
}

/** CycloneDX 1.7: the data set, its items with their digests, and the claim that these are all. */
export function bom() {
  return {
    $schema: "http://cyclonedx.org/schema/bom-1.7.schema.json",
    bomFormat: "CycloneDX",
    specVersion: "1.7",
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
