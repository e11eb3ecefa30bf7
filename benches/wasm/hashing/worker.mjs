// A worker that hashes: one request is so many passes of one way over one load. The clock stands still inside a worker, so
// `workerd.mjs` measures from outside.

import { hash } from "../../../pkg/lib/hash.js";
import "../../../pkg/entries/workerd.js";
import { contestants, requireSameDigests } from "./contestants.mjs";
import { WORKLOADS, ofLength } from "./workloads.mjs";
import tape from "./peer.wasm";

let ways;
let last = {};

export default {
  async fetch(request) {
    const { way, load: title, passes } = await request.json();
    ways ??= {
      ...(await contestants({ tape })),
      "labelgate, hash": async ({ messages }) => {
        for (const message of messages) await hash(message);
      },
    };
    if (last.title !== title) {
      last = { title, load: typeof title === "number" ? ofLength(title) : WORKLOADS[title]() };
      const { "labelgate, hash": _, ...batches } = ways;
      await requireSameDigests(batches, last.load);
    }
    for (let n = 0; n < passes; n += 1) await ways[way](last.load);
    const { bytes, ends } = last.load;
    return Response.json({ bytes: bytes.length, messages: ends.length });
  },
};
