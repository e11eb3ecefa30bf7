/* Compares files with a BOM: each is listed, altered, unproven or extra; what has no file is missing. */
import { Gate } from "../labelgate/entries/browser.js";

/** Only the BOM counts here; nothing is labelled. */
const POLICY = { bom: { trust: "unsigned-for-development" } };

/** How often the page hears of progress, in ms. Chosen: smooth to the eye, and no flood of messages. */
const TELL_EVERY_MS = 60;

/** Up to this size a file is read whole. Chosen: little memory, and most items of a data set are smaller. */
const SMALL_BYTES = 1024 * 1024;

/** What an item check's reason code means for a file. */
const STATUS = { "item-altered": "altered", "item-unlisted": "extra", "weak-digest": "unproven" };

/**
 * Hashes every file and asks the gate about it.
 *
 * @param {{bom: Blob, files: {path: string, file: Blob}[]}} given
 */
export async function verifyItems({ bom, files }, { send, signal }) {
  const gate = new Gate(POLICY);
  try {
    const summary = await gate.loadBom(bom, { signal });
    const listed = listedItems(JSON.parse(await bom.text()));
    const total = files.reduce((sum, { file }) => sum + file.size, 0);
    const startedMs = performance.now();
    let done = 0;
    let toldMs = 0;
    const tell = (loaded, path) => {
      const nowMs = performance.now();
      if (nowMs - toldMs < TELL_EVERY_MS) return;
      toldMs = nowMs;
      send({ loaded, total, path, perSecond: loaded / ((nowMs - startedMs) / 1000) });
    };
    const rows = [];
    for (const { path, file } of files) {
      signal.throwIfAborted();
      const hasher = gate.hasher(algorithmOf(listed.get(path)));
      // A small file is read at once, which is several times cheaper than a stream for each.
      const source = file.size <= SMALL_BYTES ? await file.arrayBuffer() : file;
      const digest = await hasher.hash(source, { signal, onProgress: ({ loaded }) => tell(done + loaded, path) });
      done += file.size;
      rows.push({ path, size: file.size, ...judge(gate, `file-${rows.length + 1}`, path, digest) });
    }
    return { summary, rows: [...rows, ...missingItems(listed, rows)], bytes: done, ms: performance.now() - startedMs };
  } finally {
    gate.free();
  }
}

/** Asks the gate by a submission, which is how it is asked everywhere. */
function judge(gate, id, path, digest) {
  const [algorithm, hexadecimal] = digest.split(":");
  const { reasons } = gate.check({
    id,
    annotator: "page",
    item: { id, name: path, digest: { [algorithm]: hexadecimal } },
    label: { class: "none" },
  });
  const reason = reasons.find(({ code }) => code in STATUS);
  if (reason === undefined) return { status: "listed", digest };
  return { status: STATUS[reason.code], digest, expected: reason.threshold?.value };
}

/** A listed item is there when a file has its name, or its very bytes under another name. */
function missingItems(listed, rows) {
  const paths = new Set(rows.map(({ path }) => path));
  const digests = new Set(rows.map(({ digest }) => digest));
  return [...listed.values()]
    .filter(({ name, digests: expected }) => !paths.has(name) && !expected.some((digest) => digests.has(digest)))
    .map(({ name, digests: expected }) => ({ path: name, status: "missing", expected: expected[0] }));
}

const ALGORITHMS = { "SHA-256": "sha256", "SHA-384": "sha384", "SHA-512": "sha512" };

/**
 * The items of a BOM by name: components with hashes, and files without parts, at any nesting. The gate
 * has read the document before, strictly; it keeps digests to compare and no names to show, so the names
 * come from the document itself.
 */
function listedItems(bom) {
  const items = new Map();
  const visit = (components) => {
    for (const { type, name, hashes = [], externalReferences = [], components: parts = [] } of components ?? []) {
      const all = [...hashes, ...externalReferences.flatMap(({ hashes: more = [] }) => more)];
      if (all.length > 0 || (type === "file" && parts.length === 0)) {
        const digests = all
          .filter(({ alg }) => alg in ALGORITHMS)
          .map(({ alg, content }) => `${ALGORITHMS[alg]}:${content.toLowerCase()}`);
        items.set(name, { name, digests });
      }
      visit(parts);
    }
  };
  visit(bom.components);
  return items;
}

/** The algorithm that an item can be compared by: SHA-256, unless the BOM names it by others only. */
function algorithmOf(item) {
  const algorithms = (item?.digests ?? []).map((digest) => digest.split(":")[0]);
  return algorithms.length === 0 || algorithms.includes("sha256") ? "sha256" : algorithms[0];
}
