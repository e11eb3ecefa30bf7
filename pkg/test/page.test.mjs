/* The package in Chromium: Content-Security-Policy, hashing in a worker, the slim entry. */
import { after, test } from "node:test";
import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { launchBrowser } from "../../tests/package/support/page.mjs";
import { README_CSP, openPackagePage } from "./support/package-page.mjs";

const browser = await launchBrowser();
after(() => browser.close());

/** Over the size from which a worker is used. */
const LENGTH = 6 * 1024 * 1024 + 5;
const DIGEST = `sha256:${createHash("sha256").update(contentOf(LENGTH)).digest("hex")}`;

function contentOf(length) {
  return Uint8Array.from({ length }, (_, index) => (index * 131 + (index >> 8)) & 0xff);
}

/** What the page needs: the content, and everything that it can come from. */
const PAGES = {
  "/content.js": `
    ${contentOf}
    const content = contentOf(${LENGTH});
    export const sources = {
      bytes: () => content,
      file: () => new File([content], "f"),
      response: () => new Response(content),
      stream: () => new Blob([content]).stream(),
    };
    /** Hashes one of them; answers the digest, the progress, and whether the content is still whole. */
    export async function hash(name, options) {
      const progress = [];
      const onProgress = (event) => progress.push(event);
      const digest = await new labelgate.Hasher().hash(sources[name](), { onProgress, ...options });
      return { digest, progress, isWhole: content.length === ${LENGTH} };
    }`,
};

for (const name of ["bytes", "file", "response", "stream"]) {
  test(`a large ${name} is hashed in a worker, with progress`, async (t) => {
    const { page, errors } = await openPackagePage(t, browser, { pages: PAGES });
    const { digest, progress, isWhole } = await page.evaluate(
      async (name) => (await import("/content.js")).hash(name),
      name,
    );
    assert.equal(digest, DIGEST);
    assert.ok(isWhole);
    assert.ok(progress.length > 10);
    assert.ok(progress.every(({ loaded }, index) => loaded > (progress[index - 1]?.loaded ?? 0)));
    assert.equal(progress.at(-1).loaded, LENGTH);
    assert.equal(page.workers().length, 1);
    assert.deepEqual(errors, []);
  });
}

test("one worker serves many at once, each with its own digest", async (t) => {
  const { page } = await openPackagePage(t, browser, { pages: PAGES });
  const digests = await page.evaluate(async () => {
    const { hash, sources } = await import("/content.js");
    const small = new labelgate.Hasher("sha384").hash("small", { worker: true });
    const large = Object.keys(sources).map((name) => hash(name));
    return [await small, ...(await Promise.all(large)).map(({ digest }) => digest)];
  });
  const small = `sha384:${createHash("sha384").update("small").digest("hex")}`;
  assert.deepEqual(digests, [small, DIGEST, DIGEST, DIGEST, DIGEST]);
  assert.equal(page.workers().length, 1);
});

test("small content and `worker: false` start no worker", async (t) => {
  const { page } = await openPackagePage(t, browser, { pages: PAGES });
  const digests = await page.evaluate(async () => {
    const { hash } = await import("/content.js");
    await new labelgate.Hasher().hash(new Blob(["small"]));
    await new labelgate.Hasher().hash("small");
    return [await hash("file", { worker: false }), await hash("stream", { worker: false })].map(({ digest }) => digest);
  });
  assert.deepEqual(digests, [DIGEST, DIGEST]);
  assert.equal(page.workers().length, 0);
});

for (const name of ["bytes", "file", "stream"]) {
  test(`an aborted ${name} ends with the signal's reason, and the worker goes on for others`, async (t) => {
    const { page } = await openPackagePage(t, browser, { pages: PAGES });
    const { reason, digest } = await page.evaluate(async (name) => {
      const { hash } = await import("/content.js");
      const controller = new AbortController();
      const abort = () => controller.abort("enough");
      const reason = await hash(name, { onProgress: abort, signal: controller.signal }).catch((reason) => reason);
      return { reason, digest: (await hash(name)).digest };
    }, name);
    assert.equal(reason, "enough");
    assert.equal(digest, DIGEST);
    assert.equal(page.workers().length, 1);
  });
}

test("what the source throws comes through, from the page and from the worker", async (t) => {
  const { page } = await openPackagePage(t, browser);
  const messages = await page.evaluate(async () => {
    const stream = new ReadableStream({ pull: (stream) => stream.error(new Error("disk on fire")) });
    const chunks = new ReadableStream({ start: (stream) => stream.enqueue("text") });
    const hash = (source) =>
      new labelgate.Hasher().hash(source, { worker: true }).catch((error) => [error.code, error.message]);
    return [await hash(stream), await hash(chunks)];
  });
  assert.deepEqual(
    messages,
    [
      [null, "disk on fire"],
      ["usage", "the source's chunks must be bytes"],
    ].map(([code, message]) => [code ?? undefined, message]),
  );
});

test("where no worker may start, hashing happens in place", async (t) => {
  const { page } = await openPackagePage(t, browser, { pages: PAGES, csp: `${README_CSP}; worker-src 'none'` });
  const { digest } = await page.evaluate(async () => (await import("/content.js")).hash("file"));
  assert.equal(digest, DIGEST);
  assert.equal(page.workers().length, 0);
});

test("the strictest policy that works is the README's, and nothing but scripts", async (t) => {
  const { page, errors } = await openPackagePage(t, browser, {
    pages: PAGES,
    csp: `default-src 'none'; ${README_CSP}`,
  });
  const { digest } = await page.evaluate(async () => (await import("/content.js")).hash("stream"));
  assert.equal(digest, DIGEST);
  assert.equal(page.workers().length, 1);
  // The icon is the test page's own.
  assert.deepEqual(
    errors.filter((error) => !error.includes("img-src")),
    [],
  );
});

test("without 'wasm-unsafe-eval' the first use says what is missing", async (t) => {
  const { page } = await openPackagePage(t, browser, { csp: README_CSP.replace(" 'wasm-unsafe-eval'", "") });
  const { code, message } = await page.evaluate(() => {
    try {
      return new labelgate.Gate();
    } catch ({ code, message }) {
      return { code, message };
    }
  });
  assert.equal(code, "not-loaded");
  assert.match(message, /script-src 'self' 'wasm-unsafe-eval'/);
});

test("the page asks its own server for scripts and for nothing else", async (t) => {
  const { page, requests } = await openPackagePage(t, browser, { pages: PAGES });
  const asked = [];
  page.on("request", (request) => asked.push(new URL(request.url())));
  await page.evaluate(async () => {
    await (await import("/content.js")).hash("file");
    new labelgate.Gate({ bom: { trust: "none" } }).check({});
  });
  const origin = new URL(page.url()).origin;
  assert.ok(asked.length > 0);
  for (const { origin: other, pathname } of asked) {
    assert.ok(other === origin || other === "null", other);
    assert.ok(pathname.endsWith(".js"), pathname);
  }
  assert.deepEqual(
    requests.filter((path) => path.endsWith(".wasm")),
    [],
  );
});

test("a page's main thread compiles a module of nearly 8 MiB at once, and none larger", async (t) => {
  // Why the browser entry may be synchronous: Chromium's limit is far above our module.
  const { page } = await openPackagePage(t, browser);
  const compiles = (size) =>
    page.evaluate((size) => {
      // A module with one custom section that fills it up.
      const bytes = new Uint8Array(size);
      bytes.set([0x00, 0x61, 0x73, 0x6d, 0x01, 0x00, 0x00, 0x00, 0x00]);
      let length = size - 13;
      for (let at = 9; at < 13; at += 1, length = Math.floor(length / 128))
        bytes[at] = (length % 128) | (at < 12 ? 128 : 0);
      try {
        new WebAssembly.Module(bytes);
        return true;
      } catch (error) {
        return String(error);
      }
    }, size);
  assert.equal(await compiles(8 * 1024 * 1024 - 16), true);
  assert.match(await compiles(8 * 1024 * 1024 + 16), /RangeError.*main thread/);
});

test("`using` frees the gate at the end of its block", async (t) => {
  const pages = {
    "/using.js": `
      export function keepPast() {
        let kept;
        { using gate = new labelgate.Gate(); kept = gate; }
        try { kept.save(); } catch ({ code }) { return code; }
      }`,
  };
  const { page } = await openPackagePage(t, browser, { pages });
  assert.equal(await page.evaluate(async () => (await import("/using.js")).keepPast()), "freed");
});

test("slim: used before init it says so; then it loads the file, and hashes in a worker too", async (t) => {
  const csp = `${README_CSP}; connect-src 'self'`;
  const { page } = await openPackagePage(t, browser, { pages: PAGES, entry: "slim.js", csp });
  const { code, message, digest, again } = await page.evaluate(async () => {
    const { code, message } = await Promise.resolve()
      .then(() => new labelgate.Gate())
      .catch((error) => error);
    await labelgate.init(fetch("/wasm/labelgate_bg.wasm"));
    const again = await labelgate.init(fetch("/nowhere")).catch((error) => error.code);
    return { code, message, again, digest: (await (await import("/content.js")).hash("file")).digest };
  });
  assert.equal(code, "not-loaded");
  assert.match(message, /^call `await init\(…\)` of labelgate\/slim/);
  assert.equal(again, "http");
  assert.equal(digest, DIGEST);
  assert.equal(page.workers().length, 1);
});

test("slim takes a compiled module, bytes, and a response of any type; nothing else", async (t) => {
  const answers = [];
  for (const load of [
    async (bytes) => labelgate.init(await WebAssembly.compile(bytes)),
    async (bytes) => labelgate.init(bytes),
    async (bytes) => labelgate.init(new Response(bytes, { headers: { "content-type": "application/octet-stream" } })),
    async (bytes) => labelgate.initSync(bytes),
    async (bytes) => labelgate.initSync(new WebAssembly.Module(bytes)),
    async () => labelgate.init("/wasm/labelgate_bg.wasm"),
    async () => labelgate.initSync(undefined),
  ]) {
    const pages = { "/load.js": `export const load = ${load};` };
    const { page } = await openPackagePage(t, browser, { entry: "slim.js", pages });
    answers.push(
      await page.evaluate(async () => {
        const bytes = await (await fetch("/wasm/labelgate_bg.wasm")).arrayBuffer();
        const { load } = await import("/load.js");
        return load(bytes).then(
          () => typeof labelgate.version(),
          (error) => error.code,
        );
      }),
    );
  }
  assert.deepEqual(answers, ["string", "string", "string", "string", "string", "usage", "usage"]);
});
