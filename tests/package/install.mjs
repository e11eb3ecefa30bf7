/*
 * Installs the programs of package.json beside this file, unless what is there came from the same lock
 * file. `npm test` of the package runs this first.
 */
import { execFileSync } from "node:child_process";
import { readFileSync, writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";

const folder = fileURLToPath(new URL(".", import.meta.url));
const stamp = `${folder}node_modules/.labelgate-lock`;
const lock = readFileSync(`${folder}package-lock.json`, "utf8");

if (lock !== readIfThere(stamp)) {
  console.log("installing the runtimes, bundlers and checkers of tests/package (some 550 MB)");
  execFileSync("npm", ["ci", "--no-audit", "--no-fund"], { cwd: folder, stdio: "inherit" });
  writeFileSync(stamp, lock);
}

function readIfThere(file) {
  try {
    return readFileSync(file, "utf8");
  } catch {
    return undefined;
  }
}
