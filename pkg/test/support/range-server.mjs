/* A server of files on 127.0.0.1 that answers ranges, or misbehaves as a test wants. */
import { once } from "node:events";
import { createServer } from "node:http";

/**
 * Serves `files` (name to bytes) at `/items/`. `answer(request, response, { start, end, bytes })` may take over and
 * return true. `requests` has what was asked for.
 */
export async function rangeServer(t, files, answer = () => false) {
  const requests = [];
  const server = createServer((request, response) => {
    const name = new URL(request.url, "http://server").pathname.replace("/items/", "");
    const { range } = request.headers;
    // A page asks beforehand, because the range is no simple header everywhere.
    const cors = { "access-control-allow-origin": "*", "access-control-allow-headers": "range", "access-control-expose-headers": "content-range" };
    if (request.method === "OPTIONS") return response.writeHead(204, cors).end();
    requests.push({ name, range });
    const bytes = files.get(name);
    const [, first, last] = /^bytes=(\d+)-(\d+)$/.exec(range ?? "") ?? [];
    const part = { start: Number(first), end: Number(last) + 1, bytes };
    if (answer(request, response, part)) return;
    if (bytes === undefined) return response.writeHead(404, cors).end();
    if (first === undefined) return response.writeHead(200, cors).end(bytes);
    const body = bytes.subarray(part.start, part.end);
    const contentRange = `bytes ${part.start}-${part.start + body.length - 1}/${bytes.length}`;
    response.writeHead(206, { ...cors, "content-range": contentRange, "content-type": "application/octet-stream" }).end(body);
  });
  await once(server.listen(0, "127.0.0.1"), "listening");
  t.after(() => {
    server.closeAllConnections();
    server.close();
  });
  return { base: `http://127.0.0.1:${server.address().port}/items/`, requests };
}
