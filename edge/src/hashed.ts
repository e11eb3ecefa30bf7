import { hex } from "./hex.ts";

/** A stream on its way, and the digest of what went through it. */
export interface Hashed {
  stream: ReadableStream<Uint8Array>;
  /** `sha256:` and lower-case hexadecimal, once all has gone through; an error when it ended before its end. */
  digest: Promise<string>;
}

/**
 * Hashes the bytes of an item while they are forwarded, so that what is stored and what is hashed are the same bytes,
 * read once. A piece goes on when it is hashed, and the next is asked for when somebody wants it: memory is a
 * piece and its copy, whatever the length. (`ReadableStream.tee` would keep all that the slower of two readers has not read.)
 */
export function hashed(source: ReadableStream<Uint8Array>): Hashed {
  const hash = new crypto.DigestStream("SHA-256");
  const writer = hash.getWriter();
  const reader = source.getReader();
  let settle!: { resolve: (digest: string) => void; reject: (why: unknown) => void };
  const digest = new Promise<string>((resolve, reject) => (settle = { resolve, reject }));
  // Who only forwards need not look at it.
  digest.catch(() => undefined);
  hash.digest.catch(() => undefined);
  const fail = async (why: unknown): Promise<void> => {
    settle.reject(why);
    await writer.abort(why).catch(() => undefined);
  };
  const stream = new ReadableStream<Uint8Array>(
    {
      async pull(controller) {
        try {
          const { done, value } = await reader.read();
          if (done) {
            await writer.close();
            settle.resolve(`sha256:${hex(await hash.digest)}`);
            controller.close();
          } else {
            // A copy: whoever gave the piece may still have it, and change it between hashing and forwarding.
            // By that name, because the `slice` of Node's Buffer copies nothing.
            const piece = Uint8Array.prototype.slice.call(value);
            await writer.write(piece);
            controller.enqueue(piece);
          }
        } catch (error) {
          await fail(error);
          throw error;
        }
      },
      async cancel(why) {
        await fail(why ?? new Error("the stream was not read to its end"));
        await reader.cancel(why);
      },
    },
    // Nothing is read ahead.
    { highWaterMark: 0 },
  );
  return { stream, digest };
}
