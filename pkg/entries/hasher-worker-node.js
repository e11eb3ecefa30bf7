/* The same worker in a thread of Node, which has another name for the other side. */
import { parentPort } from "node:worker_threads";

globalThis.addEventListener = (type, listen) => parentPort.on(type, (data) => listen({ data }));
globalThis.postMessage = (message, transfer) => parentPort.postMessage(message, transfer);
await import("./hasher-worker.js");
