/* Part 2: label the sample; every answer goes through the gate in the worker, with its real times. */
import { byId, decisionMark, make, prefersStillness } from "../lib/dom.js";
import { duration, fill } from "../lib/format.js";
import { text } from "../text.js";
import { alterByte } from "./alter.js";
import { showVerdict } from "./verdict.js";

const words = text.label;
const CLASSES = Object.keys(words.classes);

/** How long the script of "answer like a bot" waits before it answers, and how often it does at most. */
const BOT_MS = 150;
const BOT_ANSWERS = 6;

/** How far a broken clock goes back while an item is looked at. */
const CLOCK_BACK_MS = 60_000;

/** @param {{send: (text: string) => void}} edge where answers also go, when the reader turns it on */
export function mountLabel(caller, edge) {
  let items = [];
  let position = 0;
  let shown;
  let lastText;
  let annotator = newAnnotator();
  let sent = 0;
  let busy = false;

  /** One thing at a time: an answer while another is on its way would belong to no item. */
  const alone = (work) => async (...given) => {
    if (busy) return;
    busy = true;
    try {
      await work(...given);
    } catch (error) {
      const message = error.code === "sample" ? text.items.sampleFailed : text.errors.unexpected;
      byId("label-altered").textContent = fill(message, { message: error.message });
    } finally {
      busy = false;
      updateButtons();
    }
  };

  const show = async (bytes = items[position].bytes) => {
    // The digest of the very bytes that are shown, taken before they are: a page cannot know it better.
    const digest = await caller.call("digest", bytes);
    await draw(items[position].name, bytes);
    byId("label-position").textContent = fill(words.position, { number: position + 1, total: items.length });
    shown = { name: items[position].name, digest, startedMs: Date.now(), sinceMs: performance.now() };
  };

  const next = async () => {
    position += 1;
    if (position < items.length) return show();
    shown = undefined;
    drawEnd();
  };

  const write = (label, { submittedMs = Date.now() } = {}) => {
    const [algorithm, hexadecimal] = shown.digest.split(":");
    sent += 1;
    return JSON.stringify({
      id: `${annotator}-${sent}`,
      annotator,
      item: { id: shown.name, digest: { [algorithm]: hexadecimal } },
      label: { class: label },
      started_at: new Date(shown.startedMs).toISOString(),
      submitted_at: new Date(submittedMs).toISOString(),
      elapsed_ms: Math.round(performance.now() - shown.sinceMs),
      session: annotator,
    });
  };

  /** Sends through the gate, and shows the verdict on what is `about` in words. */
  const submit = async (submission, about) => {
    const answer = await caller.call("check", submission);
    showVerdict(answer, about);
    remember(about, answer.verdict.decision);
    edge.send(submission);
    return answer.verdict;
  };

  const answer = async (label) => {
    if (shown === undefined) return undefined;
    const time = duration(performance.now() - shown.sinceMs);
    const submission = write(label);
    const verdict = await submit(submission, fill(words.answered, { label: words.classes[label], time }));
    byId("label-altered").textContent = "";
    // What was refused was not taken: the same item again, with its own bytes.
    if (verdict.decision === "reject") await show();
    else {
      lastText = submission;
      await next();
    }
    return verdict;
  };

  const begin = async () => {
    items = shuffled(await caller.call("beginLabelling"));
    byId("label-begin").hidden = true;
    byId("label-bench").hidden = false;
    await show();
    byId("label-item").focus({ preventScroll: true });
  };

  /** A new account, at the same items: they remember what others answered. */
  const renew = async () => {
    annotator = newAnnotator();
    sent = 0;
    lastText = undefined;
    position = 0;
    items = shuffled(items);
    byId("label-history").replaceChildren();
    byId("annotator-view").replaceChildren(make("p", { className: "quiet" }, text.verdict.waiting));
    byId("operator-view").replaceChildren(make("p", { className: "quiet" }, text.verdict.waiting));
    byId("label-altered").textContent = "";
    await show();
    byId("label-item").focus({ preventScroll: true });
  };

  const alter = async () => {
    const altered = alterByte(items[position].bytes, items[position].name);
    await show(altered.bytes);
    byId("label-altered").textContent = fill(words.altered, altered);
  };

  const breakClock = async () => {
    const submission = write(CLASSES[0], { submittedMs: shown.startedMs - CLOCK_BACK_MS });
    await submit(submission, fill(words.clockBroken, { label: words.classes[CLASSES[0]] }));
    await show();
  };

  const runBot = async () => {
    byId("label-altered").textContent = fill(words.botRuns, { count: BOT_ANSWERS, ms: BOT_MS });
    for (let count = 0; count < BOT_ANSWERS && shown !== undefined; count += 1) {
      await wait(BOT_MS);
      const verdict = await answer(CLASSES[count % CLASSES.length]);
      if (verdict?.decision === "review") break;
    }
  };

  function remember(answer, decision) {
    const said = fill(words.entry, { answer, decision: text.verdict.decisions[decision] });
    byId("label-history").append(make("li", { className: decision, title: said },
      decisionMark(decision, make("span", { className: "unseen" }, said))));
  }

  function updateButtons() {
    const isShown = shown !== undefined;
    for (const button of byId("label-answers").querySelectorAll("button")) button.disabled = !isShown;
    for (const id of ["trick-alter", "trick-clock", "trick-bot"]) byId(id).disabled = !isShown;
    byId("trick-replay").disabled = lastText === undefined;
  }

  byId("label-answers").append(...CLASSES.map((label, index) => {
    const button = make("button", { type: "button", "data-label": label },
      make("kbd", { "aria-hidden": "true" }, String(index + 1)), words.classes[label]);
    button.addEventListener("click", alone(() => answer(label)));
    return button;
  }));
  // Only while this part has the focus, so that single keys never surprise elsewhere.
  byId("label").addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.altKey || event.metaKey || event.repeat) return;
    const label = CLASSES[Number(event.key) - 1];
    if (label !== undefined) alone(() => answer(label))();
  });
  byId("label-begin").addEventListener("click", alone(begin));
  byId("label-renew").addEventListener("click", alone(renew));
  byId("trick-alter").addEventListener("click", alone(alter));
  byId("trick-replay").addEventListener("click", alone(() => submit(lastText, words.replayed)));
  byId("trick-clock").addEventListener("click", alone(breakClock));
  byId("trick-bot").addEventListener("click", alone(runBot));
}

let address;

/** Draws the bytes themselves, so that what is seen is what was hashed. */
async function draw(name, bytes) {
  const figure = byId("label-item");
  if (address !== undefined) URL.revokeObjectURL(address);
  address = undefined;
  figure.dataset.item = name;
  if (!name.endsWith(".svg")) {
    figure.replaceChildren(make("blockquote", {}, new TextDecoder().decode(bytes)));
    return;
  }
  // In an img no script of a drawing runs and nothing it names is fetched.
  address = URL.createObjectURL(new Blob([bytes], { type: "image/svg+xml" }));
  const image = make("img", { src: address, alt: words.drawing, width: 320, height: 240 });
  // An altered drawing may not be one any more; its broken mark is then what an annotator sees.
  await image.decode().catch(() => undefined);
  figure.replaceChildren(image);
  if (!prefersStillness()) image.animate({ opacity: [0, 1] }, 120);
}

function drawEnd() {
  const figure = byId("label-item");
  delete figure.dataset.item;
  figure.replaceChildren(make("div", { className: "end" },
    make("p", { className: "headline" }, words.finished),
    make("p", { className: "quiet" }, words.finishedMore)));
  byId("label-position").textContent = "";
}

/** An opaque id that no other visit has, so that an edge never takes two visitors for one. */
function newAnnotator() {
  return `visitor-${Array.from(crypto.getRandomValues(new Uint8Array(6)), (byte) => byte.toString(16).padStart(2, "0")).join("")}`;
}

function shuffled(values) {
  return values
    .map((value) => ({ value, key: Math.random() }))
    .sort((one, other) => one.key - other.key)
    .map(({ value }) => value);
}

function wait(ms) {
  return new Promise((resolve) => setTimeout(resolve, ms));
}
