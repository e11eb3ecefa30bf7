import { bomObject } from "./bom.ts";
import type { Config, Env } from "./config.ts";
import {
  atUrl,
  type Content,
  GateUnavailable,
  inBucket,
  look,
  naming,
  type Place,
  readPieces,
  readWhole,
  type Tag,
} from "./documents.ts";
import { type BomSummary, Gate, messageOf, ReadyGate, settingsOf } from "./gate.ts";
import { hex } from "./hex.ts";
import { openIndex } from "./item-index.ts";
import { IncomingBom, type ShardLoader } from "./package.js";

/** What a gate was made of. The BOM itself is not kept: the next time it is read again. */
export interface Read {
  policy: Known;
  gold: Known | undefined;
  bomTag: Tag | undefined;
  checkpoint: Known | undefined;
}

/** A document as it was read. */
interface Known {
  tag: Tag | undefined;
  bytes: Uint8Array;
}

/**
 * Builds a gate of the documents as they are now; `undefined` when they are those that `last` was made of. The BOM
 * is read in pieces, and is never in memory as a whole.
 */
export async function build(
  env: Env,
  config: Config,
  last: Read | undefined,
): Promise<{ gate: ReadyGate; read: Read } | undefined> {
  const places = placesOf(env, config);
  const policy = await readKnown(places.policy, last?.policy, MOST_POLICY_BYTES);
  if (policy === undefined) {
    throw new GateUnavailable(places.policy.missing);
  }
  const gate = naming(places.policy, () => new Gate(policy.bytes));
  let content: Content | undefined;
  try {
    const { maxBytes, trust } = naming(places.policy, () => settingsOf(policy.bytes));
    const gold = await readKnown(places.gold, last?.gold, MOST_GOLD_BYTES);
    const needsBom = trust !== "none";
    const checkpoint = needsBom
      ? await readKnown(places.checkpoint, last?.checkpoint, MOST_CHECKPOINT_BYTES)
      : undefined;
    if (checkpoint === undefined && needsBom && config.checkpoint?.isRequired) {
      throw new GateUnavailable(places.checkpoint.missing);
    }
    const isSame = policy === last?.policy && gold === last.gold && checkpoint === last.checkpoint;
    content = needsBom ? await lookAtBom(places.bom, isSame ? last?.bomTag : undefined) : undefined;
    if (isSame && content === undefined) {
      gate.free();
      return undefined;
    }
    if (gold !== undefined) {
      naming(places.gold, () => gate.setGold(gold.bytes));
    }
    const read: Read = { policy, gold, bomTag: undefined, checkpoint };
    let summary: BomSummary | undefined;
    let index: ShardLoader | undefined;
    if (content !== undefined) {
      read.bomTag = content.tag;
      summary = await loadBom(gate, places.bom, content, checkpoint?.bytes, config);
      // One that is refused is asked about no item.
      if (summary.trusted || trust === "unsigned-for-development") {
        index = await openIndex(gate, env, config);
      }
      // Last, so that a BOM is remembered only when it can come into force.
      await meetBom(gate, env, config);
    }
    const goldDigest = await digestOf(gold?.bytes);
    return { gate: new ReadyGate(gate, maxBytes, { summary, goldDigest, index }), read };
  } catch (error) {
    freeAfterFailure(gate);
    // Nothing to do when it was read to its end, or is cancelled already.
    await content?.body.cancel().catch(() => undefined);
    throw error;
  }
}

function placesOf(env: Env, config: Config): Record<"policy" | "gold" | "bom" | "checkpoint", Place> {
  const { bomUrl, checkpoint } = config;
  return {
    policy: inBucket("policy.json", env),
    gold: inBucket("gold.json", env),
    bom: bomUrl === undefined ? inBucket("bom.json", env) : atUrl("bom.json", "BOM_URL", bomUrl, config),
    checkpoint:
      checkpoint === undefined
        ? inBucket("bom.checkpoint", env)
        : atUrl("bom.checkpoint", checkpoint.isRequired ? "CHECKPOINT_URL" : "BOM_URL", checkpoint.url, config),
  };
}

/** A small document: the very one of the last time when it is the same. */
async function readKnown(place: Place, last: Known | undefined, mostBytes: number): Promise<Known | undefined> {
  const found = await look(place, last?.tag);
  switch (found) {
    case "missing":
      return undefined;
    case "unchanged":
      return last;
    default: {
      const bytes = await readWhole(place, found, mostBytes);
      if (last !== undefined && isSame(bytes, last.bytes)) {
        // Put there anew, or from a server that names no contents.
        last.tag = found.tag;
        return last;
      }
      return { tag: found.tag, bytes };
    }
  }
}

/** The BOM; `undefined` when it is the one with this tag. */
async function lookAtBom(place: Place, tag: Tag | undefined): Promise<Content | undefined> {
  const found = await look(place, tag);
  if (found === "missing") {
    throw new GateUnavailable(place.missing);
  }
  if (found !== "unchanged") {
    return found;
  }
  if (tag === undefined) {
    throw new GateUnavailable(`${place.name}: its server says that it is unchanged, and was not asked whether it is`);
  }
  return undefined;
}

/** Reads the BOM into the gate and has its signatures checked, by WebCrypto where the module cannot. */
async function loadBom(
  gate: Gate,
  place: Place,
  content: Content,
  checkpoint: Uint8Array | undefined,
  config: Config,
): Promise<BomSummary> {
  const incoming = await IncomingBom.into((step) => step(gate));
  let summary: BomSummary;
  try {
    await readPieces(place, content, config.bomMaxBytes, (piece) => incoming.push(piece));
    const open = naming(place, () => incoming.end(checkpoint));
    await incoming.check(open);
    summary = naming(place, () => incoming.conclude() as BomSummary);
  } catch (error) {
    freeAfterFailure(incoming);
    throw error;
  }
  incoming.free();
  return summary;
}

/** Gives memory back. After a trap that fails as well, and must not hide what went wrong first. */
function freeAfterFailure(owner: { free(): void }): void {
  try {
    owner.free();
  } catch (error) {
    console.error(`memory was not given back: ${messageOf(error)}`);
  }
}

/** Compares the BOM with the newest that any isolate of this project ever trusted. */
async function meetBom(gate: Gate, env: Env, config: Config): Promise<void> {
  const publication = gate.publication();
  if (publication === undefined) {
    return;
  }
  let seen: Uint8Array | null;
  try {
    seen = await bomObject(env, config).meet(publication);
  } catch (error) {
    console.error(error);
    throw new GateUnavailable("the object that remembers the BOMs could not be asked");
  }
  gate.meetBom(seen);
}

async function digestOf(bytes: Uint8Array | undefined): Promise<string> {
  return bytes === undefined ? "" : hex(await crypto.subtle.digest("SHA-256", bytes));
}

function isSame(left: Uint8Array, right: Uint8Array): boolean {
  return left.length === right.length && left.every((byte, index) => byte === right[index]);
}

/** Larger than any policy with 16 RSA keys and witnesses. Chosen. */
const MOST_POLICY_BYTES = 1024 * 1024;

/** Some hundred thousand gold answers. Chosen. */
const MOST_GOLD_BYTES = 16 * 1024 * 1024;

/** A checkpoint with its signatures has some hundred bytes. Chosen. */
const MOST_CHECKPOINT_BYTES = 64 * 1024;
