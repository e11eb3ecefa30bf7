/* Part 1: files and their BOM, hashed and compared. */
import { byId, make } from "../lib/dom.js";
import { bytes, count, duration, fill, speed } from "../lib/format.js";
import { text } from "../text.js";
import { listenForDrops, pickedFiles, splitBom } from "./drop.js";

const words = text.items;
/** What needs a look comes first. */
const STATUSES = ["altered", "missing", "extra", "unproven", "listed"];
/** Rows shown at first, and with each "show more". Chosen: two screens; ten thousand rows would stall the page. */
const ROWS = 60;

export function mountItems(caller) {
  /** What was given so far; both are needed. */
  let given = { bom: undefined, files: [] };
  let running;

  const take = ({ bom, files }) => {
    given = { bom: bom ?? given.bom, files: files.length > 0 ? files : given.files };
    if (given.bom !== undefined && given.files.length > 0) return verify(given);
    note(given.bom === undefined ? fill(words.needBom, { count: count(given.files.length) }) : words.needFiles);
  };

  const verify = async (files) => {
    running?.abort();
    const controller = new AbortController();
    running = controller;
    begin();
    try {
      const found = await caller.call("verify", files, { onEvent: showProgress, signal: controller.signal });
      if (running === controller) showResult(found);
    } catch (error) {
      if (running === controller) note(explain(error), error.code !== "cancelled");
    } finally {
      if (running === controller) {
        byId("items-progress").hidden = true;
        // The stop button goes away; the focus must not go with it.
        if (document.activeElement === document.body) byId("items-sample").focus();
      }
    }
  };

  byId("items-sample").addEventListener("click", () => verify(undefined));
  byId("items-stop").addEventListener("click", () => running?.abort());
  for (const id of ["items-folder", "items-files"]) {
    byId(id).addEventListener("change", ({ target }) => {
      if (target.files.length > 0) take(splitBom(pickedFiles(target)));
      // So that the same folder can be picked again after it changed.
      target.value = "";
    });
  }
  byId("items-bom").addEventListener("change", ({ target }) => {
    if (target.files.length > 0) take({ bom: target.files[0], files: [] });
    target.value = "";
  });
  listenForDrops(byId("veil"), (files) => take(splitBom(files)));
}

function begin() {
  byId("items-result").hidden = true;
  byId("items-bar").value = 0;
  byId("items-speed").textContent = "";
  byId("items-progress").hidden = false;
  note("");
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

function explain({ code, message }) {
  switch (code) {
    case "cancelled":
      return words.stopped;
    case "bom":
    case "json":
      return fill(words.unreadableBom, { message });
    case "sample":
      return fill(words.sampleFailed, { message });
    case "NotFoundError":
    case "NotReadableError":
      return fill(words.unreadableFile, { message });
    default:
      return fill(text.errors.unexpected, { message });
  }
}

function showResult({ rows, summary, bytes: hashed, ms }) {
  const result = byId("items-result");
  const files = rows.filter(({ status }) => status !== "missing").length;
  const isGood = rows.every(({ status }) => status === "listed");
  note(isGood ? words.allGood : words.someBad);
  result.replaceChildren(
    tally(rows),
    make("p", { className: "quiet" }, fill(words.done, {
      files: count(files),
      bytes: bytes(hashed),
      time: duration(ms),
      items: count(summary.items),
    })),
    trust(summary),
    table(rows),
  );
  result.hidden = false;
}

function tally(rows) {
  const of = (status) => rows.filter((row) => row.status === status).length;
  const shown = ["listed", "altered", "missing", "extra", ...(of("unproven") > 0 ? ["unproven"] : [])];
  return make("dl", { className: "tally" }, shown.map((status) =>
    make("div", { className: `status ${status}`, "data-count": String(of(status)) },
      make("dt", {}, words.statuses[status]),
      make("dd", {}, count(of(status)), make("span", { className: "quiet" }, words.statusMeaning[status])))));
}

function trust({ complete }) {
  return make("p", { className: "trust" },
    make("strong", {}, words.trustUnsigned), " ", words.trustWhy, " ",
    complete ? words.complete : words.incomplete);
}

function table(rows) {
  const ordered = rows.toSorted((one, other) => STATUSES.indexOf(one.status) - STATUSES.indexOf(other.status));
  const body = make("tbody");
  const more = make("button", { type: "button" });
  const showMore = () => {
    const shown = body.rows.length;
    body.append(...ordered.slice(shown, shown + ROWS).map(row));
    const left = ordered.length - body.rows.length;
    more.textContent = fill(words.more, { count: count(Math.min(ROWS, left)) });
    more.hidden = left === 0;
  };
  more.addEventListener("click", showMore);
  showMore();
  const heads = [words.file, words.size, words.status, words.digest];
  const scroll = make("div", { className: "scroll", tabIndex: 0, role: "region", "aria-label": words.caption },
    make("table", { className: "items" },
      make("caption", { className: "unseen" }, words.caption),
      make("thead", {}, make("tr", {}, heads.map((head) => make("th", { scope: "col" }, head)))),
      body));
  return make("div", {}, scroll, more);
}

function row({ path, size, status, digest, expected }) {
  const digests = status === "altered" || status === "missing"
    ? [
        digest && make("div", {}, fill(words.found, { digest })),
        expected && make("div", {}, fill(words.expected, { digest: expected })),
      ]
    : [make("div", {}, digest)];
  return make("tr", { "data-status": status },
    make("th", { scope: "row" }, path),
    make("td", { className: "number" }, size === undefined ? "–" : bytes(size)),
    make("td", {}, make("span", { className: `status ${status}` }, words.statuses[status])),
    make("td", { className: "digest" }, digests));
}
