import type { Config, Env } from "./config.ts";
import { readBounded } from "./lines.ts";

/** A document that is there. */
export interface Content {
  /** Names this content, so that the same content need not be read again; where its place gives none, nothing. */
  tag: Tag | undefined;
  /** Must be read or cancelled. */
  body: ReadableStream<Uint8Array>;
}

/** What a place calls its content: an ETag, or the time of the last change. */
export type Tag = { etag: string } | { lastModified: string };

/** Where a document is kept. */
export interface Place {
  /** For messages; an address may hold a secret, so it is not part of it. */
  name: string;
  /** What it means that the document is not there. */
  missing: string;
  /** Looks at the document. With the tag of what was read before, it is not sent again while it is the same. */
  look(known?: Tag): Promise<Content | "missing" | "unchanged">;
}

/** The gate cannot be built: a document is missing, or wrong. Nothing was taken; ask again later. */
export class GateUnavailable extends Error {
  override name = "GateUnavailable";
}

/** An object of the bucket. */
export function inBucket(key: string, env: Env): Place {
  return {
    name: key,
    missing: `${key} is missing in the bucket DATA`,
    async look(known) {
      const etag = known !== undefined && "etag" in known ? known.etag : undefined;
      const object = await env.DATA.get(key, etag === undefined ? {} : { onlyIf: { etagDoesNotMatch: etag } });
      if (object === null) {
        return "missing";
      }
      return "body" in object ? { tag: { etag: object.etag }, body: object.body } : "unchanged";
    },
  };
}

/**
 * A document behind an http or https address, which comes from the worker's settings and from nowhere else. The
 * whole transfer has `bomTimeoutMs`. A redirect is not followed: the operator named one server, and it alone is asked.
 */
export function atUrl(name: string, setting: string, url: string, config: Config): Place {
  return {
    name,
    missing: `${name} is missing at ${setting}`,
    async look(known) {
      const headers = new Headers();
      if (known !== undefined && "etag" in known) {
        headers.set("if-none-match", known.etag);
      } else if (known !== undefined) {
        headers.set("if-modified-since", known.lastModified);
      }
      const response = await fetch(url, {
        headers,
        // What lies in a cache on the way may be older than what is published.
        cache: "no-store",
        redirect: "manual",
        signal: AbortSignal.timeout(config.bomTimeoutMs),
      });
      if (response.status === 200 && response.body !== null) {
        return { tag: tagOf(response.headers), body: response.body };
      }
      await response.body?.cancel();
      switch (response.status) {
        case 304:
          return "unchanged";
        case 404:
          return "missing";
        default:
          throw new Error(`the server of ${setting} answered ${response.status}`);
      }
    },
  };
}

function tagOf(headers: Headers): Tag | undefined {
  const etag = headers.get("etag");
  if (etag !== null) {
    return { etag };
  }
  const lastModified = headers.get("last-modified");
  return lastModified === null ? undefined : { lastModified };
}

/** Looks, and says in the error which document it was about. */
export async function look(place: Place, known?: Tag): Promise<Content | "missing" | "unchanged"> {
  try {
    return await place.look(known);
  } catch (error) {
    throw named(place, error);
  }
}

/** Gives each piece of a document to `take`, and ends with an error when there are more than `mostBytes`. */
export async function readPieces(
  place: Place,
  content: Content,
  mostBytes: number,
  take: (piece: Uint8Array) => void,
): Promise<void> {
  let bytes = 0;
  try {
    // Leaving the loop early cancels the stream.
    for await (const piece of content.body) {
      bytes += piece.length;
      if (bytes > mostBytes) {
        throw new GateUnavailable(`it has more than ${mostBytes} bytes`);
      }
      take(piece);
    }
  } catch (error) {
    throw named(place, error);
  }
}

/** A whole document. */
export async function readWhole(place: Place, content: Content, mostBytes: number): Promise<Uint8Array> {
  try {
    const whole = await readBounded(content.body, mostBytes);
    if (whole === undefined) {
      throw new GateUnavailable(`it has more than ${mostBytes} bytes`);
    }
    return whole;
  } catch (error) {
    throw named(place, error);
  }
}

/** Runs `call`, and says in its error which document it was about. */
export function naming<T>(place: Place, call: () => T): T {
  try {
    return call();
  } catch (error) {
    throw named(place, error);
  }
}

function named(place: Place, error: unknown): GateUnavailable {
  return new GateUnavailable(`${place.name}: ${error instanceof Error ? error.message : String(error)}`);
}
