/* In Node, with its types and without those of a browser. */
import { createReadStream } from "node:fs";
import { readFile } from "node:fs/promises";
import { Gate } from "labelgate";

const gate = new Gate(await readFile("policy.json"));
await gate.loadBom(createReadStream("bom.json"));
await gate.loadBom(await fetch("https://example.com/bom.json"), { signal: AbortSignal.timeout(1000) });
await gate.hasher().hash(new Blob(["x"]));
