import path from "node:path";

import { Miniflare } from "miniflare";

/**
 * Runs one statement in the storage of one Durable Object of a worker that is stopped, through another
 * worker on the same files. Gives the rows; blobs come as text.
 */
export async function runInStorage(folder, { className, name, sql }) {
  const miniflare = new Miniflare({
    name: "labelgate",
    cf: false,
    modules: true,
    compatibilityDate: "2026-04-01",
    durableObjects: { OBJECTS: { className, useSQLite: true } },
    durableObjectsPersist: path.join(folder, "storage/objects"),
    script: `
      import { DurableObject } from "cloudflare:workers";
      const text = (value) => (value instanceof ArrayBuffer ? new TextDecoder().decode(value) : value);
      export class ${className} extends DurableObject {
        run(sql) {
          const cursor = this.ctx.storage.sql.exec(sql);
          const rows = cursor.toArray().map((row) => Object.values(row).map(text));
          return { rows, rowsWritten: cursor.rowsWritten };
        }
      }
      export default {
        async fetch(request, { OBJECTS }) {
          const { name, sql } = await request.json();
          return Response.json(await OBJECTS.get(OBJECTS.idFromName(name)).run(sql));
        }
      }`,
  });
  try {
    const body = JSON.stringify({ name, sql });
    const response = await miniflare.dispatchFetch("http://storage/", { method: "POST", body });
    return await response.json();
  } finally {
    await miniflare.dispose();
  }
}
