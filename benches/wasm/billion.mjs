// An index of 10^9 items that is not there: a server on 127.0.0.1 makes a shard when it is asked for.
//
// Of the 2^22 shards, `REAL` have keys. Where a subtree of the index has none of these, its root is drawn instead of
// hashed from shards that nobody reads. So every path is as long as it would be, every slot as large, and the
// module does with them just what it would do with a whole index; only the publisher's work is saved.

import { createHash, hash } from "node:crypto";
import { createServer } from "node:http";

import { manifestOf, proof, rootBom, shard, slot } from "../../pkg/test/support/item-index.mjs";

const PREFIX_BITS = 22;
/** More than fit into 16 MB, so that asking round and round never finds a shard loaded. */
const REAL = 2700;
const ITEMS = 1_000_000_000;
/** What the largest of 2^22 shards has, within a few. */
const MOST_KEYS = 336;
const SLOT_BYTES = 36 + 32 * PREFIX_BITS + MOST_KEYS * 30;
const SLOTS_PER_FILE = 65_536;

const drawn = (...what) => hash("sha256", what.join(" "), "buffer");

/** Keys of one shard: their number is spread as in a set of random digests. */
function keysOf(number) {
  // The sum of 16 uniform draws, scaled to mean 238.4 and deviation 15.4.
  const uniform = drawn("count", number).subarray(0, 16).reduce((sum, byte) => sum + (byte + 0.5) / 256, 0);
  const count = Math.round(238.4 + ((uniform - 8) / Math.sqrt(16 / 12)) * 15.4);
  const keys = Array.from({ length: count }, (_, n) => {
    const key = drawn("key", number, n);
    key.writeUInt32BE(((number << (32 - PREFIX_BITS)) | (key.readUInt32BE(0) >>> PREFIX_BITS)) >>> 0);
    return key;
  });
  return keys.sort(Buffer.compare);
}

/** The tree over all shards, of which most are drawn. */
function sparseTree(entries) {
  const levels = [entries];
  const hashOf = (level, at) => levels[level].get(at) ?? drawn("subtree", level, at);
  for (let level = 0; level < PREFIX_BITS; level += 1) {
    const above = new Map();
    for (const at of levels[level].keys()) {
      const parent = at >> 1;
      if (above.has(parent)) continue;
      const hash = createHash("sha256").update(Uint8Array.of(1));
      above.set(parent, hash.update(hashOf(level, parent * 2)).update(hashOf(level, parent * 2 + 1)).digest());
    }
    levels.push(above);
  }
  const path = (number) => Array.from({ length: PREFIX_BITS }, (_, level) => hashOf(level, (number >> level) ^ 1));
  return { root: levels.at(-1).get(0), path };
}

/** Serves the index at `/items/` and what the bench needs to know of it at `/billion.json`. */
export async function serveBillion() {
  const shards = new Map();
  for (let n = 0; n < REAL; n += 1) {
    // Spread over all of the index, in no order.
    const number = drawn("number", n).readUInt32BE(0) >>> (32 - PREFIX_BITS);
    if (!shards.has(number)) shards.set(number, { keys: keysOf(number) });
  }
  for (const [number, own] of shards) Object.assign(own, shard(number, own.keys, PREFIX_BITS));
  const tree = sparseTree(new Map(Array.from(shards, ([number, { entry }]) => [number, entry])));
  const { bytes, digest } = manifestOf({
    items: ITEMS,
    prefixBits: PREFIX_BITS,
    slotBytes: SLOT_BYTES,
    slotsPerFile: SLOTS_PER_FILE,
    root: tree.root,
  });
  const asked = Array.from(shards, ([number, own]) => {
    const at = number % own.count;
    return { shard: number, sha256: own.keys[at].toString("hex"), proof: proof(own, at, tree.path(number)) };
  });
  const about = JSON.stringify({
    bom: rootBom(digest),
    manifest: new TextDecoder().decode(bytes),
    slotBytes: SLOT_BYTES,
    slotsPerFile: SLOTS_PER_FILE,
    asked,
  });
  const server = createServer((request, response) => {
    const headers = { "access-control-allow-origin": "*", "access-control-expose-headers": "content-range" };
    if (request.url === "/billion.json") return response.writeHead(200, headers).end(about);
    const [, file] = /^\/items\/shards-(\d+)\.bin$/.exec(request.url) ?? [];
    const [, first] = /^bytes=(\d+)-\d+$/.exec(request.headers.range ?? "") ?? [];
    const number = Number(file) * SLOTS_PER_FILE + Number(first) / SLOT_BYTES;
    const own = shards.get(number);
    if (own === undefined) return response.writeHead(404, headers).end();
    const body = slot(own, tree.path(number), SLOT_BYTES);
    headers["content-range"] = `bytes ${first}-${Number(first) + SLOT_BYTES - 1}/*`;
    response.writeHead(206, headers).end(body);
  });
  await new Promise((ready) => server.listen(0, "127.0.0.1", ready));
  return {
    origin: `http://127.0.0.1:${server.address().port}`,
    close() {
      server.closeAllConnections();
      server.close();
    },
  };
}
