/*
 * Where the shards of an item index are read from: servers, buckets, files. What is read is nothing but bytes here;
 * the module believes them when they prove themselves.
 */
import { LabelgateError, toLabelgateError } from "./error.js";

/** Reads shards: each once, however many ask for it at a time. */
export class ShardLoader {
  #files;
  #ranges;
  #underWay = new Map();

  /** The manifest's bytes must have been checked already: the name of the files comes from it. */
  constructor(manifest, ranges) {
    this.#files = JSON.parse(new TextDecoder().decode(manifest)).files;
    this.#ranges = ranges;
  }

  /** Reads `[file, offset, length, shard]` and hands it to `take`, which throws when it is not the shard. */
  async load([file, offset, length, shard], take, signal) {
    signal?.throwIfAborted();
    let reading = this.#underWay.get(shard);
    if (reading === undefined) {
      const name = this.#files.replace("{}", String(file));
      reading = this.#read(name, offset, length, shard, take).finally(() => this.#underWay.delete(shard));
      this.#underWay.set(shard, reading);
    }
    return signal === undefined ? reading : unlessAborted(reading, signal);
  }

  async #read(name, offset, length, shard, take) {
    const read = async () => requireRange(await this.#ranges.read(name, offset, length), name, length);
    let bytes = await read();
    try {
      take(shard, bytes);
      return;
    } catch (refused) {
      // A cache may hold what somebody else put there; the source itself is asked once more.
      if (!(await this.#ranges.forget?.(name, offset, length))) throw toLabelgateError(refused);
    }
    bytes = await read();
    attempt(() => take(shard, bytes));
  }
}

/** Throws unless there is something to read from. */
export function requireRanges(ranges) {
  if (typeof ranges?.read === "function") return;
  throw new LabelgateError("usage", "ranges must be something to read from, such as httpRanges(url)");
}

/** Ranges of files below an address: `GET` with `Range`, of which only 206 is an answer. */
export function httpRanges(base, { fetch: ownFetch, headers, timeoutMs = 10_000 } = {}) {
  const folder = new URL(".", requireUrl(base));
  const get = ownFetch ?? globalThis.fetch;
  return {
    async read(name, offset, length) {
      const url = new URL(name, folder);
      return withTimeout(timeoutMs, url.href, async (signal) => {
        const sent = new Headers(headers);
        sent.set("range", `bytes=${offset}-${offset + length - 1}`);
        const ask = () => get(url.href, { headers: sent, signal });
        const response = await ask().catch((error) => {
          // Once more: a connection that was kept open may have been closed by the server meanwhile.
          if (signal.aborted) throw error;
          return ask();
        });
        try {
          requirePartial(response, url.href, offset, length);
        } catch (error) {
          // The body may be the whole file: not one byte more of it.
          response.body?.cancel().catch(() => {});
          throw error;
        }
        return readBody(response, length, url.href);
      });
    },
  };
}

/** Ranges of objects in a bucket of Cloudflare R2, by its binding. */
export function bucketRanges(bucket, { prefix = "", timeoutMs = 10_000 } = {}) {
  return {
    read(name, offset, length) {
      const key = prefix + name;
      return withTimeout(timeoutMs, key, async () => {
        const object = await bucket.get(key, { range: { offset, length } });
        if (object === null) throw new LabelgateError("http", `the bucket has no object ${key}`);
        return new Uint8Array(await object.arrayBuffer());
      });
    },
  };
}

/** Ranges of files at hand: `File`s by their own names, or `[name, Blob]` pairs such as a `Map`. */
export function blobRanges(files) {
  const byName = new Map();
  for (const file of files) {
    const [name, blob] = Array.isArray(file) ? file : [file.name, file];
    byName.set(name, blob);
  }
  return {
    async read(name, offset, length) {
      const blob = byName.get(name);
      if (blob === undefined) throw new LabelgateError("http", `there is no file ${name}`);
      return new Uint8Array(await blob.slice(offset, offset + length).arrayBuffer());
    },
  };
}

/** Ranges of files in a folder of this machine: Node, Deno and Bun. */
export function folderRanges(folder) {
  // Asked for here, so that bundles for pages name no module of Node.
  const builtin = globalThis.process?.getBuiltinModule;
  if (builtin === undefined) throw new LabelgateError("usage", "this runtime has no folders to read from");
  const { open } = builtin("node:fs/promises");
  const { join } = builtin("node:path");
  return {
    async read(name, offset, length) {
      const file = await open(join(folder, name)).catch((cause) => {
        throw new LabelgateError("http", `cannot open ${name}: ${cause.code ?? cause.message}`, cause);
      });
      try {
        const bytes = new Uint8Array(length);
        let filled = 0;
        while (filled < length) {
          const { bytesRead } = await file.read(bytes, filled, length - filled, offset + filled);
          if (bytesRead === 0) break;
          filled += bytesRead;
        }
        return bytes.subarray(0, filled);
      } finally {
        await file.close();
      }
    },
  };
}

/**
 * Keeps ranges in a `Cache` of the runtime. Caches take no partial answers, so each range is kept as a whole one
 * under an address of its own below `base`. Nothing in the cache is believed: every shard proves itself.
 */
export function cachedRanges(ranges, cache, base) {
  const folder = new URL(".", requireUrl(base));
  const address = (name, offset, length) => {
    const url = new URL(name, folder);
    url.search = `?range=${offset}-${offset + length - 1}`;
    return url.href;
  };
  return {
    async read(name, offset, length) {
      const key = address(name, offset, length);
      const kept = await cache.match(key);
      if (kept !== undefined) return new Uint8Array(await kept.arrayBuffer());
      const bytes = await ranges.read(name, offset, length);
      if (bytes.length === length) {
        const headers = {
          "cache-control": "public, max-age=31536000, immutable",
          "content-type": "application/octet-stream",
        };
        // A full cache is no reason not to answer.
        await cache.put(key, new Response(bytes, { headers })).catch(() => {});
      }
      return bytes;
    },
    async forget(name, offset, length) {
      const deeper = (await ranges.forget?.(name, offset, length)) ?? false;
      return (await cache.delete(address(name, offset, length))) || deeper;
    },
  };
}

function requirePartial(response, url, offset, length) {
  const refuse = (what) => {
    throw new LabelgateError("http", `${url} ${what}`);
  };
  if (response.status === 200) refuse("answered with the whole file; its server must support range requests");
  if (response.status !== 206) refuse(`answered ${response.status} to a range request`);
  const encoding = response.headers.get("content-encoding");
  if (encoding !== null && encoding !== "identity") refuse(`answered a range in the encoding ${encoding}`);
  const range = response.headers.get("content-range");
  const [, first, last] = /^bytes (\d+)-(\d+)\/(?:\d+|\*)$/.exec(range ?? "") ?? [];
  if (Number(first) !== offset || Number(last) !== offset + length - 1) {
    refuse(`answered with ${range === null ? "no content-range" : `the range "${range}"`}, asked for ${offset}-${offset + length - 1}`);
  }
}

/** The body, and an error as soon as it is longer than it may be. */
async function readBody(response, length, url) {
  const bytes = new Uint8Array(length);
  if (response.body === null) return bytes.subarray(0, 0);
  const reader = response.body.getReader();
  let filled = 0;
  for (;;) {
    const { done, value } = await reader.read();
    if (done) return bytes.subarray(0, filled);
    if (filled + value.length > length) {
      reader.cancel().catch(() => {});
      throw new LabelgateError("http", `${url} sent more than the ${length} bytes that it was asked for`);
    }
    bytes.set(value, filled);
    filled += value.length;
  }
}

function requireRange(bytes, name, length) {
  if (bytes.length === length) return bytes;
  throw new LabelgateError("http", `${name} has ${bytes.length} bytes where the index has ${length}`);
}

async function withTimeout(timeoutMs, what, work) {
  const controller = new AbortController();
  let timer;
  const late = new Promise((_, reject) => {
    timer = setTimeout(() => {
      const error = new LabelgateError("timeout", `${what} did not answer within ${timeoutMs} ms`);
      controller.abort(error);
      reject(error);
    }, timeoutMs);
  });
  try {
    return await Promise.race([work(controller.signal), late]);
  } catch (error) {
    if (error instanceof LabelgateError) throw error;
    throw new LabelgateError("http", `cannot read ${what}: ${error?.message ?? error}`, error);
  } finally {
    clearTimeout(timer);
  }
}

/** One of several that wait may give up; the others still get what is read. */
function unlessAborted(promise, signal) {
  return new Promise((resolve, reject) => {
    const abort = () => reject(signal.reason);
    signal.addEventListener("abort", abort, { once: true });
    promise.then(resolve, reject).finally(() => signal.removeEventListener("abort", abort));
  });
}

function requireUrl(base) {
  try {
    return new URL(String(base), globalThis.location?.href);
  } catch (cause) {
    throw new LabelgateError("usage", `${base} is no address`, cause);
  }
}

function attempt(step) {
  try {
    return step();
  } catch (thrown) {
    throw toLabelgateError(thrown);
  }
}
