import { readFile, readdir } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

const DATA = fileURLToPath(new URL("../../../tests/data/", import.meta.url));

/** Every golden file under tests/data: its name there, and its text. */
export async function findVectors() {
  const names = (await readdir(DATA, { recursive: true })).filter((name) => name.endsWith(".vector")).sort();
  return Promise.all(names.map(async (name) => ({ name, text: await readFile(join(DATA, name), "utf8") })));
}
