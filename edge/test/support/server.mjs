import { once } from "node:events";
import http from "node:http";

import { sha256 } from "./lab.mjs";

/** A web server with a BOM; it answers what `documents` says, ranges of it too, and notes what it was asked. */
export async function openServer(t, documents) {
  const server = { documents, asked: [], answered: [], ranges: [] };
  const listening = http.createServer((request, response) => {
    server.asked.push(request.url);
    const document = server.documents[request.url];
    if (typeof document === "function") {
      return document(response);
    }
    const { range } = request.headers;
    if (document !== undefined && range !== undefined) {
      server.ranges.push(range);
      const [first, last] = range.match(/\d+/g).map(Number);
      response.writeHead(206, { "content-range": `bytes ${first}-${last}/${document.length}` });
      return response.end(document.subarray(first, last + 1));
    }
    const etag = document === undefined ? undefined : `"${sha256(document)}"`;
    const status = document === undefined ? 404 : request.headers["if-none-match"] === etag ? 304 : 200;
    server.answered.push(status);
    response.writeHead(status, etag && { etag });
    response.end(status === 200 ? document : undefined);
  });
  listening.listen(0, "127.0.0.1");
  await once(listening, "listening");
  t.after(() => {
    listening.closeAllConnections();
    listening.close();
  });
  server.url = `http://127.0.0.1:${listening.address().port}`;
  return server;
}
