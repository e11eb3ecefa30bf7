/* Files that people give: dropped anywhere on the page, or picked. */

/** Hears of files dropped anywhere: `onFiles([{path, file}])`. Shows `veil` meanwhile. */
export function listenForDrops(veil, onFiles) {
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
    onFiles(await droppedFiles(event.dataTransfer));
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
  const found = await Promise.all(
    given.map(({ entry, file }) => (entry?.isDirectory ? filesUnder(entry, "") : [{ path: file.name, file }])),
  );
  return found.flat();
}

/** All files of a dropped folder, with their paths inside it. */
async function filesUnder(folder, prefix) {
  const reader = folder.createReader();
  const entries = [];
  // A reader gives at most a hundred at a time, and then an empty list.
  for (;;) {
    const some = await new Promise((resolve, reject) => reader.readEntries(resolve, reject));
    if (some.length === 0) break;
    entries.push(...some);
  }
  const found = await Promise.all(
    entries.map(async (entry) => {
      const path = `${prefix}${entry.name}`;
      if (entry.isDirectory) return filesUnder(entry, `${path}/`);
      return [{ path, file: await new Promise((resolve, reject) => entry.file(resolve, reject)) }];
    }),
  );
  return found.flat();
}

/** Files of an input; of a folder the paths inside it, as its BOM names them. */
export function pickedFiles(input) {
  return [...input.files].map((file) => ({
    path: file.webkitRelativePath === "" ? file.name : file.webkitRelativePath.replace(/^[^/]*\//, ""),
    file,
  }));
}

/** Splits what was given into the BOM, told by its name, and the items. */
export function splitBom(files) {
  const isBom = ({ path }) => /(^|\/)bom\.json$|\.cdx\.json$/i.test(path);
  return { bom: files.find(isBom)?.file, files: files.filter((given) => !isBom(given)) };
}
