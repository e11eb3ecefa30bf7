/* A thread of Node with the names that a worker of a page has, for hash-pool.js. */
import { Worker } from "node:worker_threads";

export function startNodeThread() {
  const worker = new Worker(new URL("../entries/hasher-worker-node.js", import.meta.url));
  // Node's events are the data themselves; each listener is wrapped once, so that it can be taken off again.
  const wrapped = new Map();
  return {
    addEventListener(type, listen, { once } = {}) {
      const hear = (value) => listen(type === "message" ? { data: value } : { message: value.message, preventDefault() {} });
      wrapped.set(listen, hear);
      if (once) worker.once(type, hear);
      else worker.on(type, hear);
    },
    removeEventListener(type, listen) {
      worker.off(type, wrapped.get(listen));
      wrapped.delete(listen);
    },
    postMessage: (message, transfer) => worker.postMessage(message, transfer),
    terminate: () => worker.terminate(),
    // An idle pool must not keep the process alive.
    ref: () => worker.ref(),
    unref: () => worker.unref(),
  };
}
