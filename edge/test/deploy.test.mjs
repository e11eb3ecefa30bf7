import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { mkdtemp, readdir, rm } from "node:fs/promises";
import os from "node:os";
import path from "node:path";
import { test } from "node:test";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";

const edge = fileURLToPath(new URL("..", import.meta.url));

test("wrangler bundles the worker as it would deploy it, without the network and without an account", async (t) => {
  const folder = await mkdtemp(path.join(os.tmpdir(), "labelgate-deploy-"));
  t.after(() => rm(folder, { recursive: true, force: true }));
  const { stdout } = await promisify(execFile)(
    process.execPath,
    ["node_modules/wrangler/bin/wrangler.js", "deploy", "--dry-run", "--outdir", folder],
    {
      cwd: edge,
      env: {
        ...process.env,
        CI: "1",
        NO_COLOR: "1",
        WRANGLER_SEND_METRICS: "false",
        CLOUDFLARE_CF_FETCH_ENABLED: "false",
        WRANGLER_LOG_PATH: folder,
      },
    },
  );
  for (const binding of ["env.ANNOTATORS (AnnotatorObject)", "env.ITEMS (ItemShard)", "env.BOMS (BomObject)", "env.DATA (labelgate-data)"]) {
    assert.ok(stdout.includes(binding), stdout);
  }
  assert.match(stdout, /--dry-run: exiting now/);
  const files = await readdir(folder);
  assert.ok(files.includes("worker.js"));
  assert.ok(files.some((name) => name.endsWith("labelgate_bg.wasm")));
  // What Cloudflare takes: 3 MB after gzip on the free plan.
  assert.ok(Number(/gzip: ([\d.]+) KiB/.exec(stdout)[1]) < 3000);
});
