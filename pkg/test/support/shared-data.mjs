/* Test data that others wrote: it lies beside the checkout, and not in it. */
import { existsSync } from "node:fs";
import { fileURLToPath } from "node:url";

const FOLDER = new URL("../../../../shared/data/", import.meta.url);

/** A file or folder of it, and for `test` why it is to be skipped where that is missing. */
export function sharedData(path) {
  const found = fileURLToPath(new URL(path, FOLDER));
  return { found, skip: existsSync(found) ? false : `../shared/data/${path} is not beside this checkout` };
}
