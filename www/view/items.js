/* Part 1: a published list, the keys that must have signed it, and the files that it lists. */
import { byId } from "../lib/dom.js";
import { bytes, count, fill, speed } from "../lib/format.js";
import { text } from "../text.js";
import { alterByte } from "./alter.js";
import { askForFolder, canAskForFolder, listenForDrops, pickedFiles, sortFiles } from "./drop.js";
import { filesResult, filesVerdict } from "./files.js";
import { readKeys } from "./keys.js";
import { listCard } from "./list.js";

const words = text.items;

/** How long the typing of keys must rest before the list is read again, in ms. Chosen. */
const REST_MS = 400;

export function mountItems(caller) {
  new Items(caller).mount();
}

class Items {
  #caller;
  /** What was given so far. */
  #bom;
  #checkpoint;
  #files = [];
  /** The sample as it was published, while it is the sample that is shown. */
  #sample;
  /** What the worker has read; `undefined` before, and when it could not. */
  #summary;
  #running;
  #rest;

  constructor(caller) {
    this.#caller = caller;
  }

  mount() {
    byId("items-sample").addEventListener("click", () => this.#work(() => this.#trySample()));
    byId("items-alter").addEventListener("click", () => this.#work(() => this.#alterSample()));
    byId("items-stop").addEventListener("click", () => this.#running?.abort());
    this.#onPick("items-bom", ([{ file }]) => this.#take({ bom: file }));
    this.#onPick("items-checkpoint", ([{ file }]) => this.#take({ checkpoint: file }));
    this.#onPick("items-keys-file", (picked) => this.#take({ keys: picked.map(({ file }) => file) }));
    for (const id of ["items-folder", "items-files"]) this.#onPick(id, (picked) => this.#takeAll(picked));
    byId("items-keys").addEventListener("input", () => {
      clearTimeout(this.#rest);
      this.#rest = setTimeout(() => this.#take({}), REST_MS);
    });
    byId("items-threshold").addEventListener("change", () => this.#take({}));
    if (canAskForFolder) {
      byId("items-folder").addEventListener("click", (event) => {
        event.preventDefault();
        askForFolder().then((found) => found && this.#takeAll(found), (error) => this.#fail(error));
      });
    }
    listenForDrops(byId("veil"), (given) => this.#takeAll(given), (error) => this.#fail(error));
  }

  #onPick(id, take) {
    byId(id).addEventListener("change", ({ target }) => {
      const picked = pickedFiles(target);
      // So that the same folder can be picked again after it changed.
      target.value = "";
      if (picked.length > 0) take(picked);
    });
  }

  #takeAll(given) {
    return this.#take(sortFiles(given));
  }

  /** Takes what was given, and does what can be done with it. Only files leave the list as it was read. */
  #take({ bom, keys = [], checkpoint, files = [] }) {
    const onlyFiles = files.length > 0 && bom === undefined && keys.length === 0 && checkpoint === undefined;
    return this.#work(async (signal) => {
      if (bom !== undefined) {
        if (this.#sample !== undefined) this.#forgetSample();
        this.#bom = bom;
      }
      if (checkpoint !== undefined) this.#checkpoint = checkpoint;
      if (keys.length > 0) await addKeys(keys);
      if (files.length > 0) this.#files = files;
      if (!onlyFiles || this.#summary === undefined) await this.#openList(signal);
      await this.#compare(signal);
    });
  }

  /** What the sample has set goes with it: its key must not stand for another list. */
  #forgetSample() {
    byId("items-keys").value = "";
    this.#files = [];
    this.#sample = undefined;
  }

  async #trySample() {
    const sample = await this.#caller.call("sample");
    this.#sample = sample;
    this.#bom = sample.bom;
    this.#checkpoint = undefined;
    this.#files = sample.files;
    byId("items-keys").value = sample.key.trim();
    byId("items-threshold").value = "1";
    const { signal } = this.#running;
    await this.#openList(signal);
    await this.#compare(signal);
  }

  /** Whether the files are the sample's, but for the one that may be altered. */
  #showsSample() {
    return this.#sample !== undefined && this.#files[1] === this.#sample.files[1];
  }

  /** Changes one byte of the sample's first file, or puts it back. */
  async #alterSample() {
    const [first] = this.#sample.files;
    const isAltered = this.#files[0].file !== first.file;
    if (isAltered) {
      this.#files = this.#sample.files;
    } else {
      const { bytes: altered } = alterByte(new Uint8Array(await first.file.arrayBuffer()), first.path);
      this.#files = [{ ...first, file: new Blob([altered]) }, ...this.#sample.files.slice(1)];
    }
    await this.#compare(this.#running.signal);
  }

  /** One work at a time: a new one ends the one before. */
  async #work(step) {
    this.#running?.abort();
    const controller = new AbortController();
    this.#running = controller;
    note("");
    try {
      await step(controller.signal);
    } catch (error) {
      if (this.#running === controller) this.#fail(error);
    } finally {
      if (this.#running === controller) {
        byId("items-progress").hidden = true;
        byId("items-alter").hidden = !this.#showsSample();
        // The stop button goes away; the focus must not go with it.
        if (document.activeElement === document.body) byId("items-sample").focus({ preventScroll: true });
      }
    }
  }

  async #openList(signal) {
    byId("list-result").hidden = true;
    byId("items-result").hidden = true;
    this.#summary = undefined;
    showNames({ bom: this.#bom, checkpoint: this.#checkpoint, isSample: this.#sample !== undefined });
    if (this.#bom === undefined) return;
    const { problem, ...keys } = readKeys(byId("items-keys").value);
    if (problem !== undefined) throw Object.assign(new Error(problem), { code: "key" });
    const threshold = Number(byId("items-threshold").value);
    if (keys.keys.length > 0 && !(threshold >= 1 && threshold <= keys.keys.length)) {
      throw Object.assign(new Error(count(keys.keys.length)), { code: "threshold" });
    }
    const given = { bom: this.#bom, checkpoint: this.#checkpoint, threshold, ...keys };
    const summary = await this.#call("openList", given, words.reading, signal);
    this.#summary = summary;
    const isSample = this.#sample !== undefined;
    byId("list-result").replaceChildren(listCard(summary, { ...given, isSample }));
    byId("list-result").hidden = false;
  }

  async #compare(signal) {
    byId("items-result").hidden = true;
    showCount(this.#files);
    if (this.#summary === undefined) {
      if (this.#files.length > 0) note(fill(words.needBom, { count: count(this.#files.length) }));
      else if (this.#bom === undefined) note(words.needAny);
      return;
    }
    if (this.#summary.items === undefined) return note(words.unread);
    if (this.#files.length === 0) return note(words.needFiles);
    const found = await this.#call("compareFiles", this.#files, words.hashing, signal);
    const fetchRows = (which) => this.#caller.call("rows", which);
    byId("items-result").replaceChildren(...filesResult(found, fetchRows));
    byId("items-result").hidden = false;
    const [first] = this.#sample?.files ?? [];
    byId("items-alter").textContent = first && this.#files[0].file !== first.file ? words.restore : words.alter;
    note(filesVerdict(found, this.#summary.trusted === true));
  }

  async #call(name, argument, label, signal) {
    signal.throwIfAborted();
    byId("items-bar").value = 0;
    byId("items-speed").textContent = "";
    byId("items-working").textContent = label;
    byId("items-progress").hidden = false;
    const teller = spokenProgress(label);
    const onEvent = (event) => {
      if (signal !== this.#running?.signal) return;
      showProgress(event);
      teller(event);
    };
    const result = await this.#caller.call(name, argument, { onEvent, signal });
    // A newer work began meanwhile, and the page is its.
    signal.throwIfAborted();
    return result;
  }

  #fail(error) {
    note(explain(error), error.code !== "cancelled" && error.name !== "AbortError");
  }
}

/** Adds the keys of files to those that are in the field already. */
async function addKeys(files) {
  const field = byId("items-keys");
  const texts = await Promise.all(files.map((file) => file.text()));
  field.value = [field.value, ...texts].map((text) => text.trim()).filter((text) => text !== "").join("\n");
}

function showNames({ bom, checkpoint, isSample }) {
  const named = (file) => (file === undefined ? words.noFile : isSample ? words.ofSample : (file.name ?? words.noFile));
  byId("items-bom-name").textContent = named(bom);
  byId("items-checkpoint-name").textContent = checkpoint === undefined ? words.noCheckpoint : checkpoint.name;
}

function showCount(files) {
  const sum = files.reduce((sum, { file }) => sum + file.size, 0);
  byId("items-count").textContent = files.length === 0
    ? words.noFiles
    : fill(words.someFiles, { count: count(files.length), bytes: bytes(sum) });
}

function note(message, isError = false) {
  const output = byId("items-note");
  output.textContent = message;
  output.classList.toggle("error", isError);
}

function showProgress({ loaded, total, perSecond }) {
  byId("items-bar").value = total === 0 ? 1 : loaded / total;
  byId("items-speed").textContent = fill(words.progress, {
    loaded: bytes(loaded),
    total: bytes(total),
    speed: speed(perSecond),
  });
}

/** Progress for those who hear the page: each quarter once, not sixteen times a second. */
function spokenProgress(label) {
  let quarter = 0;
  return ({ loaded, total }) => {
    const now = total === 0 ? 4 : Math.floor((4 * loaded) / total);
    if (now <= quarter) return;
    quarter = now;
    byId("items-spoken").textContent = fill(words.spoken, { label, percent: String(25 * quarter) });
  };
}

function explain(error) {
  const { code, message, name } = error;
  if (name === "AbortError") return words.stopped;
  switch (code) {
    case "cancelled":
      return words.stopped;
    case "bom":
    case "json":
      return fill(words.unreadableBom, { message });
    case "key":
      return fill(words.noKey, { text: message });
    case "policy":
      return fill(words.unusableKey, { message });
    case "threshold":
      return fill(words.badThreshold, { count: message });
    case "sample":
      return fill(words.sampleFailed, { message });
    case "unreadable":
      return fill(words.unreadableFile, { path: message });
    default:
      if (name === "NotFoundError" || name === "NotReadableError") return fill(words.unreadableFile, { path: message });
      return fill(text.errors.unexpected, { message });
  }
}
