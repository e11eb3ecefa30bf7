import { provideThreads } from "./hash-pool.js";
import { provideWorker } from "./hash-worker.js";

/** Lets a page hash in a worker. Code that runs in a worker already stays where it is. */
export function providePageWorker() {
  if (typeof document === "undefined" || typeof Worker === "undefined") return;
  // Written out like this because bundlers look for exactly this form to find the worker's file.
  const start = () => new Worker(new URL("../entries/hasher-worker.js", import.meta.url), { type: "module" });
  provideWorker(start);
  provideThreads(start, "browser");
}
