import type { AnnotatorObject } from "./annotator.ts";
import type { Config, Env } from "./config.ts";
import type { ItemShard } from "./item.ts";

/** The object of an annotator. A project's name has no slash, so the name is of one annotator only. */
export function annotatorObject(
  annotator: string,
  env: Env,
  config: Config,
): DurableObjectStub<AnnotatorObject> {
  return env.ANNOTATORS.get(env.ANNOTATORS.idFromName(`${config.project}/${annotator}`));
}

/**
 * The shard that holds an item: a hash of the item's id, so that load spreads and every annotator of an
 * item gets to the same one. Another `itemShards` sends items elsewhere: fix it before the first label.
 */
export function shardOf(item: string, env: Env, config: Config): DurableObjectStub<ItemShard> {
  const shard = fnv1a(new TextEncoder().encode(item)) % config.itemShards;
  return env.ITEMS.get(env.ITEMS.idFromName(`${config.project}/${shard}`));
}

/** FNV-1a, 32 bits: http://www.isthe.com/chongo/tech/comp/fnv/ */
function fnv1a(bytes: Uint8Array): number {
  let hash = 0x811c9dc5;
  for (const byte of bytes) {
    hash = Math.imul(hash ^ byte, 0x01000193);
  }
  return hash >>> 0;
}
