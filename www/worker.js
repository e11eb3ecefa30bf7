/*
 * The page's worker: hashing, reading the BOM, and every verdict happen here, so that the page itself
 * stays free. Module worker; gate/ holds what it can do, lib/call.js how it is asked.
 */
import { loadBomModule, loadMore, version } from "./labelgate/entries/browser.js";
import { playCrowd } from "./gate/crowd.js";
import { Labelling } from "./gate/labelling.js";
import { crowdRecording, sample } from "./gate/sample.js";
import { PublishedList } from "./gate/list.js";
import { answerCalls } from "./lib/call.js";

/** One labelling session at a time: the page shows one. */
let labelling;
const list = new PublishedList();

answerCalls(self, {
  /** Loads the wasm module, so that a browser that refuses it says so at once. */
  start: () => {
    const release = version();
    // Fetched ahead, so that the page needs no network later. Who then asks for it hears of a failure.
    loadBomModule().catch(() => undefined);
    loadMore().catch(() => undefined);
    sample().catch(() => undefined);
    crowdRecording().catch(() => undefined);
    return { version: release };
  },

  /** The sample's BOM, key and files. */
  sample: () => sample(),

  /** Reads a BOM and finds out who signed it. */
  openList: (given, context) => list.open(given, context),

  /** Hashes files and compares them with the list. */
  compareFiles: (files, context) => list.compare(files, context),

  /** Some rows of what came of it. */
  rows: (which) => list.rows(which),

  /** Begins labelling the sample: its items in the order they are shown. */
  beginLabelling: async () => {
    labelling?.end();
    labelling = await Labelling.begin(await sample());
    return labelling.items;
  },

  /** The digest of the bytes that are about to be shown. */
  digest: (bytes) => labelling.digest(bytes),

  /** One submission, as text, through the gate; both views of its verdict. */
  check: (text) => labelling.check(text),

  playCrowd,
});
