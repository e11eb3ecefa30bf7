/* The sample data set, fetched once and kept, so that the page works on when the network goes away. */

let fetched;

/** The sample's items and BOM as files, as if they had been dropped on the page, and the key that signed it. */
export function sample() {
  // A failure is not kept: the next try may have a network.
  fetched ??= fetchSample().catch((error) => {
    fetched = undefined;
    throw error;
  });
  return fetched;
}

let recording;

/** The recorded crowd: NDJSON bytes, and what the gate of that crowd knows. */
export function crowdRecording() {
  recording ??= fetchRecording().catch((error) => {
    recording = undefined;
    throw error;
  });
  return recording;
}

async function fetchSample() {
  const bom = await fetchFile("bom.json");
  const { components } = JSON.parse(await bom.text());
  const names = components[0].components.map(({ name }) => name);
  const files = await Promise.all(
    names.map(async (name) => ({ path: name, file: await fetchFile(`items/${name}`) })),
  );
  return { bom, key: await (await fetchFile("key.pub.jwk")).text(), files };
}

async function fetchRecording() {
  const [lines, about] = await Promise.all([fetchFile("crowd.ndjson"), fetchFile("crowd.json")]);
  return { lines: await lines.text(), about: JSON.parse(await about.text()) };
}

async function fetchFile(path) {
  const response = await fetch(new URL(`../sample/${path}`, import.meta.url));
  if (!response.ok) throw Object.assign(new Error(`${path} (${response.status})`), { code: "sample" });
  return response.blob();
}
