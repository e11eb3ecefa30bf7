/* Packs the npm package and installs it into an empty folder, exactly as a user would. */
import { execFile } from "node:child_process";
import { createHash } from "node:crypto";
import { createServer } from "node:http";
import { once } from "node:events";
import { cp, mkdtemp, readFile, readdir, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after } from "node:test";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";

const execute = promisify(execFile);
/** The package's own folder. */
export const PACKAGE = fileURLToPath(new URL("../../../pkg/", import.meta.url));
/** Where the programs of package.json beside this folder are. */
const PROGRAMS = fileURLToPath(new URL("../node_modules/.bin/", import.meta.url));
/** No program here takes nearly as long, unless it hangs. */
const LIMIT_MS = 120_000;

/** Runs a program to its end and answers its standard output; fails with all it said if it fails. */
export async function run(program, args, { cwd, env = {} } = {}) {
  try {
    const { stdout } = await execute(program, args, {
      cwd,
      env: { ...process.env, ...env },
      timeout: LIMIT_MS,
      maxBuffer: 64 * 1024 * 1024,
    });
    return stdout;
  } catch (error) {
    throw new Error(`${[program, ...args].join(" ")}\n${error.stdout ?? ""}${error.stderr ?? error.message}`);
  }
}

/** The path of a program that package.json beside this folder pins. */
export function program(name) {
  return join(PROGRAMS, name);
}

/** What outlives a single test, and goes when the file's tests are done. */
const file = { after: (clean) => leftovers.push(clean) };
const leftovers = [];
// Registered here, outside of every test: inside one it would run at the end of that test.
after(async () => {
  for (const clean of leftovers) await clean();
});

/** A new folder that goes when the test ends. */
export async function temporaryFolder(t) {
  const folder = await mkdtemp(join(tmpdir(), "labelgate-package-"));
  t.after(() => rm(folder, { recursive: true, force: true }));
  return folder;
}

/** The packed tarball's path. A test file packs once. */
export function pack() {
  tarball ??= packOnce();
  return tarball;
}

/**
 * A folder of the test's own in which `npm install labelgate` was run, with `files` (name to text) in it.
 * A test file installs once; each test gets a copy.
 */
export async function installAsUser(t, files = {}) {
  installation ??= installOnce();
  const folder = await temporaryFolder(t);
  await cp(await installation, folder, { recursive: true });
  for (const [name, text] of Object.entries(files)) await writeFile(join(folder, name), text);
  return folder;
}

let tarball;
let installation;

async function packOnce() {
  const folder = await temporaryFolder(file);
  await run("npm", ["pack", "--silent", "--pack-destination", folder], { cwd: PACKAGE });
  const [name] = await readdir(folder);
  return join(folder, name);
}

async function installOnce() {
  const folder = await temporaryFolder(file);
  const cache = await temporaryFolder(file);
  const registry = await serveRegistry(await pack());
  await writeFile(join(folder, "package.json"), '{ "private": true }\n');
  const config = ["--registry", registry, "--cache", cache, "--no-audit", "--no-fund"];
  await run("npm", ["install", "labelgate", ...config], { cwd: folder });
  return folder;
}

/** A registry of our own that has this one package. */
async function serveRegistry(tarball) {
  const bytes = await readFile(tarball);
  const manifest = JSON.parse(await readFile(join(PACKAGE, "package.json"), "utf8"));
  const integrity = `sha512-${createHash("sha512").update(bytes).digest("base64")}`;
  const server = createServer((request, response) => {
    if (request.url === "/tarball.tgz") return response.end(bytes);
    if (request.url !== "/labelgate") return response.writeHead(404).end();
    const { version } = manifest;
    const dist = { tarball: `http://${request.headers.host}/tarball.tgz`, integrity };
    const document = {
      name: "labelgate",
      "dist-tags": { latest: version },
      versions: { [version]: { ...manifest, dist } },
    };
    response.setHeader("content-type", "application/json").end(JSON.stringify(document));
  });
  await once(server.listen(0, "127.0.0.1"), "listening");
  file.after(() => {
    server.closeAllConnections();
    server.close();
  });
  return `http://127.0.0.1:${server.address().port}/`;
}
