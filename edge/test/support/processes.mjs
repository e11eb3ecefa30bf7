// The processes that we started, as Linux shows them in /proc.

import { readFileSync } from "node:fs";

/** The id of the workerd that Miniflare runs for this process. */
export function workerdId() {
  const children = readFileSync(`/proc/${process.pid}/task/${process.pid}/children`, "utf8").trim().split(" ");
  const ids = children.map(Number).filter((id) => readFileSync(`/proc/${id}/cmdline`, "utf8").includes("workerd"));
  if (ids.length !== 1) {
    throw new Error(`expected one workerd, found ${ids.length}`);
  }
  return ids[0];
}

/** Memory that a process holds now, in bytes. */
export function residentBytes(id) {
  return 1024 * Number(/^VmRSS:\s+(\d+) kB$/m.exec(readFileSync(`/proc/${id}/status`, "utf8"))[1]);
}
