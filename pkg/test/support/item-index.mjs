/*
 * An item index written a second time, from the description of its format alone (src/bom/shards/mod.rs): what the
 * gate reads is then no private agreement of one program with itself.
 */
import { hash } from "node:crypto";

const sha256 = (...parts) => hash("sha256", Buffer.concat(parts), "buffer");
const leaf = (...parts) => sha256(Uint8Array.of(0), ...parts);
const node = (left, right) => sha256(Uint8Array.of(1), left, right);
const number = (value) => {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32BE(value);
  return bytes;
};

/** The root over hashes, and the path of each: RFC 6962, by levels. */
export function tree(leaves) {
  const levels = [leaves];
  while (levels.at(-1).length > 1) {
    const level = levels.at(-1);
    const above = [];
    for (let at = 0; at < level.length; at += 2) {
      above.push(at + 1 < level.length ? node(level[at], level[at + 1]) : level[at]);
    }
    levels.push(above);
  }
  const path = (index) => levels.flatMap((level, height) => level[(index >> height) ^ 1] ?? []);
  return { root: levels.at(-1)[0] ?? sha256(), path };
}

export const shardOf = (key, prefixBits) => (prefixBits === 0 ? 0 : key.readUInt32BE(0) >>> (32 - prefixBits));

/** Everything that is hashed of one shard, from its keys in order. */
export function shard(shardNumber, keys, prefixBits) {
  const rows = Buffer.concat(keys.map((key) => key.subarray(prefixBits >> 3)));
  const inner = tree(keys.map((key) => leaf(key)));
  const entry = leaf(number(shardNumber), number(keys.length), sha256(rows), inner.root);
  return { rows, inner, entry, count: keys.length };
}

export function slot({ rows, inner, count }, path, slotBytes) {
  const bytes = Buffer.alloc(slotBytes);
  Buffer.concat([number(count), inner.root, ...path, rows]).copy(bytes);
  return bytes;
}

/** The proof of one key of a shard, in Base64. */
export function proof({ rows, inner, count }, position, path) {
  return Buffer.concat([number(count), number(position), sha256(rows), ...inner.path(position), ...path]).toString(
    "base64",
  );
}

/** The manifest and its digest. */
export function manifestOf({ items, prefixBits, slotBytes, slotsPerFile, root, bomRef = "set" }) {
  const manifest = {
    format: "labelgate-item-index",
    version: 1,
    algorithm: "SHA-256",
    bom_ref: bomRef,
    canonical: "raw-bytes",
    key: "digest",
    items,
    prefix_bits: prefixBits,
    slot_bytes: slotBytes,
    slots_per_file: slotsPerFile,
    files: "shards-{}.bin",
    root: Buffer.from(root).toString("hex"),
  };
  const bytes = new TextEncoder().encode(JSON.stringify(manifest));
  return { bytes, digest: sha256(bytes).toString("hex") };
}

/** A root BOM whose one data set has this index. */
export function rootBom(digest, bomRef = "set") {
  const reference = {
    type: "distribution",
    comment: "labelgate item index",
    url: "items/index.json",
    hashes: [{ alg: "SHA-256", content: digest }],
  };
  return {
    bomFormat: "CycloneDX",
    specVersion: "1.7",
    version: 1,
    components: [{ type: "data", "bom-ref": bomRef, name: bomRef, externalReferences: [reference] }],
    compositions: [{ aggregate: "complete", assemblies: [bomRef] }],
  };
}

/** A whole index of these hexadecimal digests: manifest, files by name, proofs. */
export function itemIndex(digests, { prefixBits = 4, slotsPerFile = 8 } = {}) {
  const keys = [...new Set(digests)].sort().map((digest) => Buffer.from(digest, "hex"));
  const shards = Array.from({ length: 2 ** prefixBits }, (_, own) =>
    shard(
      own,
      keys.filter((key) => shardOf(key, prefixBits) === own),
      prefixBits,
    ),
  );
  const slotBytes = 36 + 32 * prefixBits + Math.max(...shards.map(({ rows }) => rows.length));
  const top = tree(shards.map(({ entry }) => entry));
  const slots = shards.map((shard, own) => slot(shard, top.path(own), slotBytes));
  const files = new Map();
  for (let file = 0; file * slotsPerFile < slots.length; file += 1) {
    const own = slots.slice(file * slotsPerFile, (file + 1) * slotsPerFile);
    files.set(`shards-${file}.bin`, Buffer.concat(own));
  }
  const proofOf = (digest) => {
    const key = Buffer.from(digest, "hex");
    const own = shardOf(key, prefixBits);
    const inShard = keys.filter((other) => shardOf(other, prefixBits) === own);
    return proof(
      shards[own],
      inShard.findIndex((other) => other.equals(key)),
      top.path(own),
    );
  };
  const manifest = manifestOf({ items: keys.length, prefixBits, slotBytes, slotsPerFile, root: top.root });
  return { manifest: manifest.bytes, bom: rootBom(manifest.digest), files, proofOf, slotBytes };
}
