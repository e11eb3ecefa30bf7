/* Starts the page: one worker, and each part with its view. */
import { byId } from "./lib/dom.js";
import { fill } from "./lib/format.js";
import { Caller } from "./lib/call.js";
import { text } from "./text.js";
import { mountCrowd } from "./view/crowd.js";
import { mountEdge } from "./view/edge.js";
import { mountItems } from "./view/items.js";
import { mountLabel } from "./view/label.js";

const caller = new Caller(new Worker(new URL("worker.js", import.meta.url), { type: "module" }));

mountItems(caller);
mountLabel(caller, mountEdge());
mountCrowd(caller);

caller.call("start").then(
  ({ version }) => {
    byId("version").textContent = fill(text.page.version, { version });
    document.documentElement.dataset.gate = "ready";
  },
  (error) => {
    const alarm = byId("alarm");
    alarm.textContent = error.code === "not-loaded" ? text.errors.refused : fill(text.errors.worker, error);
    alarm.hidden = false;
    for (const button of document.querySelectorAll("main button, main input")) button.disabled = true;
    for (const pick of document.querySelectorAll(".pick")) pick.hidden = true;
    byId("version").textContent = "";
    document.documentElement.dataset.gate = "refused";
  },
);
