import { test } from "node:test";
import assert from "node:assert/strict";
import { cp, symlink, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import ts from "typescript-5";
import { defaultPolicy } from "../../pkg/entries/node.js";
import { findVectors } from "../../pkg/test/support/vector-files.mjs";
import { PACKAGE, installAsUser, run } from "./support/user.mjs";

const HERE = fileURLToPath(new URL(".", import.meta.url));
const COMPILERS = ["typescript", "typescript-5"];
/** Who compiles what: the strictest settings, and nobody skips the check of our own declarations. */
const SETTINGS = {
  "a page, through a bundler": {
    files: ["use.ts"],
    module: "esnext",
    moduleResolution: "bundler",
    lib: ["esnext", "dom", "dom.iterable"],
    types: [],
  },
  "a page, with an older library": {
    files: ["use.ts"],
    module: "esnext",
    moduleResolution: "bundler",
    lib: ["es2022", "dom"],
    types: [],
  },
  Node: { files: ["node.ts"], module: "nodenext", lib: ["es2022"], types: ["node"] },
  workerd: {
    files: ["worker.ts"],
    module: "esnext",
    moduleResolution: "bundler",
    lib: ["esnext"],
    types: ["@cloudflare/workers-types"],
  },
};

for (const compiler of COMPILERS) {
  for (const [who, settings] of Object.entries(SETTINGS)) {
    test(`${compiler} checks the types as used in ${who}`, (t) => compile(t, compiler, settings));
  }
}

test("the types fit the default policy, every golden verdict and every accepted submission", async (t) => {
  const verdicts = [];
  const views = [];
  const accepted = [];
  for (const { text } of await findVectors()) {
    const [, ...lines] = text.trimEnd().split("\n");
    for (let line = 0; line < lines.length; line += 3) {
      verdicts.push(lines[line + 1].slice(2));
      views.push(lines[line + 2].slice(2));
      const [, submission] = /^> \d+ (.*)$/.exec(lines[line]);
      if (JSON.parse(verdicts.at(-1)).decision === "accept") accepted.push(submission);
    }
  }
  // Written out as literals, so that a member that the types do not know is an error. Long runs repeat
  // themselves, so each kind is taken once.
  const literals = (list) => [...new Map(list.map((text) => [shapeOf(JSON.parse(text)), text])).values()].join(",\n");
  const golden = `
    import type { AnnotatorVerdict, Policy, Submission, Verdict } from "labelgate";
    type Whole<T> = T extends unknown[] ? T : T extends object ? { [K in keyof T]-?: Whole<T[K]> } : T;
    export const policy: Whole<Omit<Policy, "actions" | "label">> & Pick<Policy, "actions" | "label"> = ${JSON.stringify(defaultPolicy())};
    export const verdicts: Verdict[] = [${literals(verdicts)}];
    export const views: AnnotatorVerdict[] = [${literals(views)}];
    export const accepted: Submission[] = [${literals(accepted)}];`;
  await compile(t, "typescript", { ...SETTINGS.Node, files: ["golden.ts"] }, { "golden.ts": golden });
});

/** Compiles files of types/, and `more`, in a folder in which the package is installed. */
async function compile(t, compiler, { files, ...options }, more = {}) {
  const folder = await installAsUser(t, more);
  await cp(join(HERE, "types"), folder, { recursive: true });
  for (const name of ["@types", "@cloudflare", "undici-types"]) {
    await symlink(join(HERE, "node_modules", name), join(folder, "node_modules", name));
  }
  const strict = {
    strict: true,
    exactOptionalPropertyTypes: true,
    noUncheckedIndexedAccess: true,
    skipLibCheck: false,
  };
  const compilerOptions = { ...strict, noEmit: true, target: "es2022", ...options };
  await writeFile(join(folder, "package.json"), '{ "private": true, "type": "module" }');
  await writeFile(join(folder, "tsconfig.json"), JSON.stringify({ compilerOptions, files }));
  await run("node", [join(HERE, "node_modules", compiler, "bin/tsc"), "-p", "."], { cwd: folder });
}

/** A value with its numbers and free texts taken out: two values of one shape have the same types. */
function shapeOf(value) {
  const isCode = (text) => /^[a-z-]{1,30}$/.test(text);
  return JSON.stringify(value, (_, part) =>
    typeof part === "number" ? 0 : typeof part === "string" && !isCode(part) ? "" : part,
  );
}

/** What a declaration file says there is at run time: each value's name, and the members of each class. */
function declared(file) {
  const program = ts.createProgram([join(PACKAGE, file)], { module: ts.ModuleKind.NodeNext });
  const checker = program.getTypeChecker();
  const symbols = checker.getExportsOfModule(checker.getSymbolAtLocation(program.getSourceFile(join(PACKAGE, file))));
  const resolve = (symbol) => (symbol.flags & ts.SymbolFlags.Alias ? checker.getAliasedSymbol(symbol) : symbol);
  const values = symbols.filter((symbol) => resolve(symbol).flags & ts.SymbolFlags.Value);
  const membersOf = (symbol) =>
    (resolve(symbol).declarations[0].members ?? [])
      .filter((member) => ts.isMethodDeclaration(member) || ts.isGetAccessorDeclaration(member))
      .map(({ name }) => (ts.isComputedPropertyName(name) ? "dispose" : name.text));
  return Object.fromEntries(values.map((symbol) => [symbol.name, [...new Set(membersOf(symbol))].sort()]).sort());
}

/** Whether it is a static method. */
const isMethod = (value, name) => typeof value === "function" && typeof value[name] === "function";

/** What there is at run time. */
function present(module) {
  const membersOf = (value) =>
    [...Reflect.ownKeys(value.prototype ?? {}), ...Object.getOwnPropertyNames(value).filter((name) => isMethod(value, name))]
      .filter((name) => name !== "constructor")
      .map((name) => (name === Symbol.dispose ? "dispose" : name))
      .sort();
  return Object.fromEntries(
    Object.entries(module)
      .map(([name, value]) => [name, membersOf(value)])
      .sort(),
  );
}

for (const [entry, declaration] of [
  ["node", "index"],
  ["deno", "index"],
  ["browser", "index"],
  ["slim", "slim"],
]) {
  test(`the ${entry} entry has what ${declaration}.d.ts declares, and nothing else`, async () => {
    const module = await import(join(PACKAGE, `entries/${entry}.js`));
    assert.deepEqual(present(module), declared(`${declaration}.d.ts`));
  });
}
