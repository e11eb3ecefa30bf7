/* The switch that also posts every answer to the edge worker which serves this page, if one does. */
import { byId, make } from "../lib/dom.js";
import { fill } from "../lib/format.js";
import { text } from "../text.js";
import { annotatorView } from "./verdict.js";

const words = text.edge;
/** How long the page waits for an edge before it goes on alone, in ms. Chosen. */
const PATIENCE_MS = 10_000;

/** Answers are posted one after the other, so that the edge sees them in the order they were given. */
export function mountEdge() {
  const control = byId("edge-switch");
  const status = byId("edge-status");
  let queue = Promise.resolve();

  const turn = async () => {
    byId("edge-answer").replaceChildren();
    if (!control.checked) {
      status.textContent = words.off;
    } else {
      status.textContent = words.looking;
      const isThere = await edgeAnswers();
      control.checked = isThere;
      status.textContent = isThere ? words.on : words.alone;
    }
    remember(control.checked);
  };
  control.addEventListener("change", turn);
  // No question is asked of the server until the reader wants it: the page alone makes no request.
  if (location.hash === "#edge") {
    control.checked = true;
    turn();
  }

  return {
    send(submission) {
      if (control.checked) queue = queue.then(() => post(submission));
    },
  };
}

/** `#edge` in the address turns the switch on, so that it survives a reload and can be linked to. */
function remember(isOn) {
  if (isOn) history.replaceState(null, "", "#edge");
  else if (location.hash === "#edge") history.replaceState(null, "", location.pathname + location.search);
}

async function edgeAnswers() {
  try {
    const response = await fetch("/healthz", { signal: AbortSignal.timeout(PATIENCE_MS) });
    // A file server may answer anything with a page of its own; only an edge answers JSON.
    return response.ok && typeof (await response.json()) === "object";
  } catch {
    return false;
  }
}

async function post(submission) {
  const answer = byId("edge-answer");
  try {
    const response = await fetch("/v1/submissions", {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: submission,
      signal: AbortSignal.timeout(PATIENCE_MS),
    });
    const said = await response.json();
    answer.dataset.decision = said.decision ?? "problem";
    answer.replaceChildren(...(said.decision ? verdictSaid(said) : [problemSaid(said)]));
  } catch {
    answer.dataset.decision = "unreachable";
    answer.replaceChildren(make("p", {}, words.unreachable));
  }
}

function verdictSaid(view) {
  const decision = text.verdict.decisions[view.decision].toLowerCase();
  // The mark and its meaning are told above already; here only that the edge says so, and why.
  const [, , ...reasons] = annotatorView(view);
  return [make("p", {}, make("strong", {}, fill(words.answer, { decision }))), ...reasons];
}

function problemSaid({ detail, title }) {
  return make("p", {}, fill(words.problem, { detail: detail ?? title }));
}
