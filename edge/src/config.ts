import type { AnnotatorObject } from "./annotator.ts";
import type { BomObject } from "./bom.ts";
import type { ItemShard } from "./item.ts";

/** What the worker is bound to: see `wrangler.jsonc` and the table in README.md. */
export interface Env {
  ANNOTATORS: DurableObjectNamespace<AnnotatorObject>;
  ITEMS: DurableObjectNamespace<ItemShard>;
  BOMS: DurableObjectNamespace<BomObject>;
  /** Holds `policy.json`, `bom.json`, `bom.checkpoint` where there is one, and `gold.json` where there is gold. */
  DATA: R2Bucket;
  PROJECT?: string;
  BOM_URL?: string;
  CHECKPOINT_URL?: string;
  BOM_REFRESH_S?: string | number;
  BOM_TIMEOUT_MS?: string | number;
  BOM_MAX_BYTES?: string | number;
  BACKEND_URL?: string;
  ITEM_SHARDS?: string | number;
  BACKEND_TIMEOUT_MS?: string | number;
  RETRY_FIRST_MS?: string | number;
  RETRY_LONGEST_MS?: string | number;
  /** A secret, not a var. Without it nobody gets the full view. */
  OPERATOR_SECRET?: string;
  /** Answers every call with the time in Unix milliseconds. Only tests bind it. */
  CLOCK?: Fetcher;
}

/** The settings of `Env`, read and checked. */
export interface Config {
  project: string;
  /** Where the BOM is when it is not in the bucket. */
  bomUrl: string | undefined;
  /** Where its checkpoint is; with `isRequired`, one that is missing there is an error. */
  checkpoint: { url: string; isRequired: boolean } | undefined;
  bomRefreshMs: number;
  bomTimeoutMs: number;
  bomMaxBytes: number;
  backendUrl: string;
  itemShards: number;
  backendTimeoutMs: number;
  retryFirstMs: number;
  retryLongestMs: number;
  operatorSecret: string | undefined;
}

/** The worker's own settings are wrong. The message names the setting and never its value. */
export class ConfigError extends Error {
  override name = "ConfigError";
}

/** Reads the settings, or throws a `ConfigError` that says which one to mend. */
export function readConfig(env: Env): Config {
  for (const binding of ["ANNOTATORS", "ITEMS", "BOMS", "DATA"] as const) {
    if (env[binding] === undefined) {
      throw new ConfigError(`binding ${binding} is missing; see wrangler.jsonc`);
    }
  }
  const project = env.PROJECT ?? "default";
  // No slash, so that `project/annotator` names one annotator of one project and nothing else.
  if (!/^[a-z0-9][a-z0-9-]{0,63}$/.test(project)) {
    throw new ConfigError("PROJECT is 1 to 64 of a-z, 0-9 and `-`, and starts with a letter or digit");
  }
  const bomUrl = env.BOM_URL === undefined ? undefined : httpUrl(env.BOM_URL, "BOM_URL");
  const config: Config = {
    project,
    bomUrl,
    checkpoint: checkpointOf(env, bomUrl),
    bomRefreshMs: 1000 * wholeNumber(env.BOM_REFRESH_S, "BOM_REFRESH_S", 300, 1, 86_400),
    bomTimeoutMs: wholeNumber(env.BOM_TIMEOUT_MS, "BOM_TIMEOUT_MS", 20_000, 10, 24_000),
    bomMaxBytes: wholeNumber(env.BOM_MAX_BYTES, "BOM_MAX_BYTES", 256 * 1024 * 1024, 1, 2 ** 31),
    backendUrl: httpUrl(env.BACKEND_URL, "BACKEND_URL"),
    itemShards: wholeNumber(env.ITEM_SHARDS, "ITEM_SHARDS", 64, 1, 65_536),
    backendTimeoutMs: wholeNumber(env.BACKEND_TIMEOUT_MS, "BACKEND_TIMEOUT_MS", 5_000, 10, 30_000),
    retryFirstMs: wholeNumber(env.RETRY_FIRST_MS, "RETRY_FIRST_MS", 2_000, 10, 3_600_000),
    retryLongestMs: wholeNumber(env.RETRY_LONGEST_MS, "RETRY_LONGEST_MS", 300_000, 10, 86_400_000),
    operatorSecret: operatorSecret(env.OPERATOR_SECRET),
  };
  if (config.retryLongestMs < config.retryFirstMs) {
    throw new ConfigError("RETRY_LONGEST_MS is less than RETRY_FIRST_MS");
  }
  return config;
}

function checkpointOf(env: Env, bomUrl: string | undefined): Config["checkpoint"] {
  if (env.CHECKPOINT_URL !== undefined) {
    if (bomUrl === undefined) {
      throw new ConfigError("CHECKPOINT_URL is of use only beside BOM_URL");
    }
    return { url: httpUrl(env.CHECKPOINT_URL, "CHECKPOINT_URL"), isRequired: true };
  }
  if (bomUrl === undefined) {
    return undefined;
  }
  const url = new URL(bomUrl);
  // Not at the end of the address, where a query may be.
  url.pathname += ".checkpoint";
  return { url: url.href, isRequired: false };
}

function httpUrl(value: string | undefined, name: string): string {
  const url = value !== undefined && URL.canParse(value) ? new URL(value) : null;
  if (url === null || (url.protocol !== "https:" && url.protocol !== "http:")) {
    throw new ConfigError(`${name} must be an http or https address`);
  }
  return url.href;
}

function wholeNumber(
  value: string | number | undefined,
  name: string,
  byDefault: number,
  least: number,
  most: number,
): number {
  if (value === undefined) {
    return byDefault;
  }
  const number = typeof value === "number" ? value : /^\d+$/.test(value) ? Number(value) : NaN;
  if (!Number.isInteger(number) || number < least || number > most) {
    throw new ConfigError(`${name} must be a whole number from ${least} to ${most}`);
  }
  return number;
}

function operatorSecret(value: string | undefined): string | undefined {
  // An empty secret would let an empty bearer token in.
  if (value !== undefined && value.length < 16) {
    throw new ConfigError("OPERATOR_SECRET must have at least 16 characters");
  }
  return value;
}
