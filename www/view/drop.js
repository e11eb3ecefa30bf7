/* Files that people give: dropped anywhere on the page, or picked. */

/**
 * Hears of files dropped anywhere: `onFiles([{path, file, isInside}])`, where `isInside` says that it came in a folder.
 * Shows `veil` meanwhile.
 */
export function listenForDrops(veil, onFiles, onError) {
  let depth = 0;
  const show = (visible) => {
    veil.hidden = !visible;
  };
  addEventListener("dragenter", (event) => {
    if (!hasFiles(event)) return;
    depth += 1;
    show(true);
  });
  addEventListener("dragleave", () => {
    depth = Math.max(0, depth - 1);
    if (depth === 0) show(false);
  });
  addEventListener("dragover", (event) => {
    if (hasFiles(event)) event.preventDefault();
  });
  addEventListener("drop", async (event) => {
    if (!hasFiles(event)) return;
    event.preventDefault();
    depth = 0;
    show(false);
    try {
      onFiles(await droppedFiles(event.dataTransfer));
    } catch (error) {
      onError(error);
    }
  });
}

function hasFiles(event) {
  return event.dataTransfer?.types.includes("Files") ?? false;
}

async function droppedFiles({ items }) {
  // Entries and files are only there until the event ends, so all are taken before anything is awaited.
  const given = [...items]
    .filter(({ kind }) => kind === "file")
    .map((item) => ({ entry: item.webkitGetAsEntry?.(), file: item.getAsFile() }));
  const found = [];
  for (const { entry, file } of given) {
    if (entry?.isDirectory) await addFilesUnder(entry, "", found);
    else found.push({ path: file.name, file, isInside: false });
  }
  return found;
}

/** All files of a dropped folder, with their paths inside it. */
async function addFilesUnder(folder, prefix, found) {
  const reader = folder.createReader();
  // A reader gives at most a hundred at a time, and then an empty list.
  for (;;) {
    const entries = await new Promise((resolve, reject) => reader.readEntries(resolve, reject));
    if (entries.length === 0) return;
    await Promise.all(entries.map(async (entry) => {
      const path = `${prefix}${entry.name}`;
      if (entry.isDirectory) return addFilesUnder(entry, `${path}/`, found);
      const file = await new Promise((resolve, reject) => entry.file(resolve, reject));
      found.push({ path, file, isInside: true });
    }));
  }
}

/** Files of an input; of a folder the paths inside it, as its BOM names them. */
export function pickedFiles(input) {
  return [...input.files].map((file) => {
    const isInside = file.webkitRelativePath !== "";
    return { path: isInside ? file.webkitRelativePath.replace(/^[^/]*\//, "") : file.name, file, isInside };
  });
}

/** Whether the browser lets a page ask for a folder by the File System Access API. */
export const canAskForFolder = typeof globalThis.showDirectoryPicker === "function";

/**
 * Asks for a folder, without the question about an upload that an input brings. `undefined` when the reader
 * changes their mind.
 */
export async function askForFolder() {
  let folder;
  try {
    folder = await showDirectoryPicker();
  } catch (error) {
    if (error.name === "AbortError") return undefined;
    throw error;
  }
  const found = [];
  await addHandlesUnder(folder, "", found);
  return found;
}

async function addHandlesUnder(folder, prefix, found) {
  for await (const handle of folder.values()) {
    const path = `${prefix}${handle.name}`;
    if (handle.kind === "directory") await addHandlesUnder(handle, `${path}/`, found);
    else found.push({ path, file: await handle.getFile(), isInside: true });
  }
}

/**
 * Tells what was given by its names: the BOM, keys, a checkpoint, and the items.
 *
 * Keys only from outside of folders: whoever made the folder would else choose by which key it is trusted.
 */
export function sortFiles(given) {
  const bom = given.find(({ path }) => /(^|\/)bom\.json$|\.cdx\.json$/i.test(path))
    // One document alone is a list, whatever its name.
    ?? (given.length === 1 && !given[0].isInside && /\.json$/i.test(given[0].path) ? given[0] : undefined);
  const isKey = ({ path, isInside }) => !isInside && /\.(jwk|jwks|vkey)$/i.test(path);
  const isCheckpoint = ({ path }) => /(^|\/)checkpoint(\.txt)?$|\.(checkpoint|note)$/i.test(path);
  return {
    bom: bom?.file,
    keys: given.filter(isKey).map(({ file }) => file),
    checkpoint: given.find(isCheckpoint)?.file,
    files: given.filter((one) => one !== bom && !isKey(one) && !isCheckpoint(one)),
  };
}
