import { hashed } from "../../src/hashed.ts";
import { hex } from "../../src/hex.ts";

/** Forwards an upload to the store, and answers with its digest: what an operator's own route would do. */
export default {
  async fetch(request: Request, { STORE }: { STORE: string }): Promise<Response> {
    switch (new URL(request.url).pathname) {
      case "/upload": {
        const { stream, digest } = hashed(request.body!);
        const stored = await fetch(STORE, { method: "PUT", body: stream });
        return Response.json({ stored: stored.status, digest: await digest });
      }
      case "/ahead":
        return Response.json(await readAhead());
      case "/changed":
        return Response.json(await changed());
      case "/cancelled": {
        const { stream, digest } = hashed(new Blob(["a".repeat(100)]).stream());
        await stream.cancel();
        return Response.json(await digest.catch((error: Error) => ({ error: error.message })));
      }
      default: {
        const broken = new ReadableStream<Uint8Array>({
          start(controller) {
            controller.enqueue(new Uint8Array(10));
          },
          pull(controller) {
            controller.error(new Error("the sender left"));
          },
        });
        const { stream, digest } = hashed(broken);
        const read = await new Response(stream).arrayBuffer().catch((error: Error) => error.message);
        return Response.json([read, await digest.catch((error: Error) => error.message)]);
      }
    }
  },
};

/** How many pieces were taken from the source when the reader took one. */
async function readAhead(): Promise<number> {
  let pulled = 0;
  const source = new ReadableStream<Uint8Array>(
    {
      pull(controller) {
        pulled += 1;
        controller.enqueue(new Uint8Array(1000));
      },
    },
    { highWaterMark: 0 },
  );
  const reader = hashed(source).stream.getReader();
  await reader.read();
  await scheduler.wait(0);
  const before = pulled;
  await reader.cancel();
  return before;
}

/** Senders that keep their buffer and fill it with something else, each some turns after they gave it. */
async function changed(): Promise<string[][]> {
  const told = [];
  for (let turns = 0; turns < 30; turns += 1) {
    const buffer = new Uint8Array(1000);
    let pieces = 0;
    const source = new ReadableStream<Uint8Array>(
      {
        async pull(controller) {
          pieces += 1;
          if (pieces > 3) return controller.close();
          controller.enqueue(buffer.fill(pieces));
          for (let turn = 0; turn < turns; turn += 1) await undefined;
          buffer.fill(0);
        },
      },
      { highWaterMark: 0 },
    );
    const { stream, digest } = hashed(source);
    const forwarded = await new Response(stream).arrayBuffer();
    told.push([await digest, `sha256:${hex(await crypto.subtle.digest("SHA-256", forwarded))}`]);
  }
  return told;
}
