import type { AnnotatorObject } from "./annotator.ts";
import type { ItemShard } from "./item.ts";

/** What the worker is bound to: see `wrangler.jsonc` and the table in README.md. */
export interface Env {
  ANNOTATORS: DurableObjectNamespace<AnnotatorObject>;
  ITEMS: DurableObjectNamespace<ItemShard>;
  /** Holds `policy.json`, `bom.json` and, where there is gold, `gold.json`. */
  DATA: R2Bucket;
  PROJECT?: string;
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
  for (const binding of ["ANNOTATORS", "ITEMS", "DATA"] as const) {
    if (env[binding] === undefined) {
      throw new ConfigError(`binding ${binding} is missing; see wrangler.jsonc`);
    }
  }
  const project = env.PROJECT ?? "default";
  // No slash, so that `project/annotator` names one annotator of one project and nothing else.
  if (!/^[a-z0-9][a-z0-9-]{0,63}$/.test(project)) {
    throw new ConfigError("PROJECT is 1 to 64 of a-z, 0-9 and `-`, and starts with a letter or digit");
  }
  const config: Config = {
    project,
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
