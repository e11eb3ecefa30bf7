import { test } from "node:test";
import assert from "node:assert/strict";
import { cp, symlink, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import ts from "typescript-5";
import { PACKAGE, installAsUser, run } from "./support/user.mjs";

const HERE = fileURLToPath(new URL(".", import.meta.url));
const COMPILERS = ["typescript", "typescript-5"];
/** Who compiles what: the strictest settings, and nobody skips the check of our own declarations. */
const SETTINGS = {
  "a page, through a bundler": { files: ["use.ts"], module: "esnext", moduleResolution: "bundler", lib: ["esnext", "dom", "dom.iterable"], types: [] },
  "a page, with an older library": { files: ["use.ts"], module: "esnext", moduleResolution: "bundler", lib: ["es2022", "dom"], types: [] },
  "Node": { files: ["node.ts"], module: "nodenext", lib: ["es2022"], types: ["node"] },
  "workerd": { files: ["worker.ts"], module: "esnext", moduleResolution: "bundler", lib: ["esnext"], types: ["@cloudflare/workers-types"] },
};

for (const compiler of COMPILERS) {
  for (const [who, { files, ...options }] of Object.entries(SETTINGS)) {
    test(`${compiler} checks the types as used in ${who}`, async (t) => {
      const folder = await installAsUser(t);
      await cp(join(HERE, "types"), folder, { recursive: true });
      for (const name of ["@types", "@cloudflare", "undici-types"]) {
        await symlink(join(HERE, "node_modules", name), join(folder, "node_modules", name));
      }
      const compilerOptions = {
        ...{ strict: true, exactOptionalPropertyTypes: true, noUncheckedIndexedAccess: true, skipLibCheck: false, noEmit: true, target: "es2022" },
        ...options,
      };
      await writeFile(join(folder, "package.json"), '{ "private": true, "type": "module" }');
      await writeFile(join(folder, "tsconfig.json"), JSON.stringify({ compilerOptions, files }));
      await run("node", [join(HERE, "node_modules", compiler, "bin/tsc"), "-p", "."], { cwd: folder });
    });
  }
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
      .filter(ts.isMethodDeclaration)
      .map(({ name }) => (ts.isComputedPropertyName(name) ? "dispose" : name.text));
  return Object.fromEntries(values.map((symbol) => [symbol.name, [...new Set(membersOf(symbol))].sort()]).sort());
}

/** What there is at run time. */
function present(module) {
  const membersOf = (value) =>
    Reflect.ownKeys(value.prototype ?? {})
      .filter((name) => name !== "constructor")
      .map((name) => (name === Symbol.dispose ? "dispose" : name))
      .sort();
  return Object.fromEntries(Object.entries(module).map(([name, value]) => [name, membersOf(value)]).sort());
}

for (const [entry, declaration] of [["node", "index"], ["deno", "index"], ["browser", "index"], ["slim", "slim"]]) {
  test(`the ${entry} entry has what ${declaration}.d.ts declares, and nothing else`, async () => {
    const module = await import(join(PACKAGE, `entries/${entry}.js`));
    assert.deepEqual(present(module), declared(`${declaration}.d.ts`));
  });
}
