import type { Config, Env } from "./config.ts";
import { atUrl, GateUnavailable, inBucket, look, naming, readWhole } from "./documents.ts";
import type { Gate } from "./gate.ts";
import { bucketRanges, cachedRanges, httpRanges, type Ranges, ShardLoader } from "./package.js";

/**
 * Opens the index of the items of a BOM that does not list them itself, and gives what reads its shards; `undefined`
 * when the BOM lists them.
 *
 * The index lies beside the BOM: in the bucket, or below the address of the BOM. Where, the BOM says, in a path that
 * the gate takes only when it leads down. What is read is believed only as far as it proves itself to the gate.
 */
export async function openIndex(gate: Gate, env: Env, config: Config): Promise<ShardLoader | undefined> {
  const path = gate.indexUrl();
  if (path === undefined) {
    return undefined;
  }
  const url = config.bomUrl && new URL(path, config.bomUrl).href;
  const place = url ? atUrl(path, "BOM_URL", url, config) : inBucket(path, env);
  const found = await look(place);
  if (typeof found === "string") {
    throw new GateUnavailable(place.missing);
  }
  const manifest = await readWhole(place, found, MOST_MANIFEST_BYTES);
  naming(place, () => gate.openIndex(manifest));
  const ranges = url ? rangesAt(url, config) : bucketRanges(env.DATA, { prefix: path.replace(/[^/]*$/, "") });
  return new ShardLoader(manifest, ranges);
}

/** Ranges of the files beside the manifest, kept in the cache of the data centre. */
function rangesAt(url: string, config: Config): Ranges {
  const own = (address: string, init: RequestInit) => fetch(address, { ...init, redirect: "manual" });
  const ranges = httpRanges(url, { fetch: own, timeoutMs: Math.min(config.bomTimeoutMs, 10_000) });
  return cachedRanges(ranges, caches.default, url);
}

/** What the gate takes at most. */
const MOST_MANIFEST_BYTES = 4096;
