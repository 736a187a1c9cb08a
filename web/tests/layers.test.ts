/** Tests of the structure of the sources: imports between folders, import circles, long functions, type names used twice. */
import { readdirSync, readFileSync } from "node:fs";
import { dirname, join, relative } from "node:path";
import { parseSync } from "vite";
import { expect, test } from "vitest";

/**
 * The folders of `src`, the lowest layer first. A folder imports only from itself and from lower layers, not from other folders of
 * its own layer. A folder inside another one counts as a folder of its own.
 */
const LAYERS: readonly (readonly string[])[] = [
  // Code without a user interface.
  ["platform", "worker"],
  ["sync"],
  ["sync/proof"],
  ["sync/session"],
  ["sync/engine"],
  ["text/en"],
  ["text/de"],
  ["text"],
  ["state", "api", "markdown", "emoji"],
  // What all parts of the interface use.
  ["ui/theme"],
  ["ui/parts"],
  ["ui/places"],
  // The parts of the interface.
  ["ui/composer", "ui/entry", "ui/notices", "ui/shortcuts"],
  ["ui/timeline", "ui/people", "ui/palette"],
  ["ui/rooms"],
  ["ui/rooms/dialogs"],
  ["ui/settings", "ui/admin"],
  // The whole page.
  ["ui/page"],
  ["."],
];

/** Imported by tests only (and by the chaos client, which is not in `src`). It may import everything. */
const TESTING = "sync/testing";

/** The most lines of a function, including the functions inside it. */
const LONGEST_FUNCTION = 150;

const SOURCE = join(import.meta.dirname, "..", "src");
const IMPORTS = /^(Import(Declaration|Expression)|Export(Named|All)Declaration|TSImportType)$/;
const FUNCTIONS = /^(FunctionDeclaration|FunctionExpression|ArrowFunctionExpression)$/;
const TYPES = /^(TSInterfaceDeclaration|TSTypeAliasDeclaration|ClassDeclaration)$/;

/** A node of the syntax tree (ESTree). */
interface Node {
  type: string;
  start: number;
  end: number;
  [field: string]: unknown;
}

const isNode = (value: unknown): value is Node => typeof (value as Node | null)?.type === "string";

function walk(node: Node, parent: Node | null, visit: (node: Node, parent: Node | null) => void): void {
  visit(node, parent);
  for (const child of Object.values(node).flat()) if (isNode(child)) walk(child, node, visit);
}

/** The name that a node declares: that of a function or type, or of the variable or property whose value is a function. */
const nameOf = (node: Node | null): string =>
  String([node?.["id"], node?.["key"]].find(isNode)?.["name"] ?? "a function");

const paths = readdirSync(SOURCE, { recursive: true, encoding: "utf8" }).filter((name) => /\.tsx?$/.test(name));

/** The source file that an import names; undefined if it names a package, a style sheet or data. */
function resolved(from: string, specifier: string): string | undefined {
  const path = relative(SOURCE, join(SOURCE, dirname(from), specifier));
  const found = [path, `${path}.ts`, `${path}.tsx`, `${path}/index.ts`].find((each) => paths.includes(each));
  return specifier.startsWith(".") ? found : undefined;
}

const files = paths.sort().map((path) => {
  const text = readFileSync(join(SOURCE, path), "utf8");
  const lines = (from: number, to: number): number => text.slice(from, to).split("\n").length;
  /** The files that it imports in any way: statically, dynamically, or only for their types. */
  const imports = new Set<string>();
  const functions: { at: string; lines: number }[] = [];
  const types: string[] = [];
  walk(parseSync(path, text).program as unknown as Node, null, (node, parent) => {
    const source = node["source"];
    if (IMPORTS.test(node.type) && isNode(source)) imports.add(resolved(path, String(source["value"])) ?? "");
    if (FUNCTIONS.test(node.type)) {
      const at = `${path}:${lines(0, node.start)}: ${nameOf(node["id"] ? node : parent)}`;
      functions.push({ at, lines: lines(node.start, node.end) });
    }
    if (TYPES.test(node.type) && parent?.type === "ExportNamedDeclaration") types.push(nameOf(node));
  });
  imports.delete("");
  return { path, folder: dirname(path), isTest: /\.test\.tsx?$/.test(path), imports: [...imports], functions, types };
});
const layerOf = new Map(LAYERS.flatMap((folders, layer) => folders.map((folder) => [folder, layer] as const)));

/** A circle in a graph, as a text of its nodes; null if there is none. */
function circleIn(edges: ReadonlyMap<string, readonly string[]>): string | null {
  const done = new Set<string>();
  const path: string[] = [];
  const search = (at: string): string | null => {
    if (path.includes(at)) return [...path.slice(path.indexOf(at)), at].join(" imports ");
    if (done.has(at)) return null;
    path.push(at);
    const found = (edges.get(at) ?? []).map(search).find((each) => each !== null);
    path.pop();
    done.add(at);
    return found ?? null;
  };
  return [...edges.keys()].map(search).find((each) => each !== null) ?? null;
}

test("every folder is in the table", () => {
  const folders = new Set(files.map((file) => file.folder).filter((folder) => folder !== TESTING));
  expect([...folders].sort()).toEqual([...layerOf.keys()].sort());
});

test("a folder imports only from lower layers", () => {
  const faults: string[] = [];
  for (const { path, folder, isTest, imports } of files) {
    for (const target of imports) {
      const other = dirname(target);
      if (other === folder || folder === TESTING) continue;
      if (other === TESTING) {
        if (!isTest) faults.push(`${path} imports ${target}, which is for tests only.`);
      } else if ((layerOf.get(other) ?? 0) >= (layerOf.get(folder) ?? 0))
        faults.push(`${path} imports ${target}, but ${other} is not in a lower layer than ${folder}.`);
    }
  }
  expect(faults).toEqual([]);
});

test("no file and no folder imports itself by way of others", () => {
  expect(circleIn(new Map(files.map((file) => [file.path, file.imports])))).toBeNull();
  const folders = new Map<string, string[]>();
  for (const { folder, imports, isTest } of files) {
    const others = isTest ? [] : imports.map((each) => dirname(each)).filter((each) => each !== folder);
    folders.set(folder, [...(folders.get(folder) ?? []), ...others]);
  }
  expect(circleIn(folders)).toBeNull();
});

test(`no function has more than ${LONGEST_FUNCTION} lines`, () => {
  const long = files
    .flatMap((file) => (file.isTest ? [] : file.functions))
    .filter((each) => each.lines > LONGEST_FUNCTION);
  expect(long.map(({ at, lines }) => `${at} has ${lines} lines.`)).toEqual([]);
});

test("an exported type has a name of its own", () => {
  const all = files.flatMap(({ path, types }) => types.map((name) => ({ name, path })));
  const twice = all.filter(({ name }, at) => all.findIndex((each) => each.name === name) !== at);
  expect(twice.map(({ name, path }) => `${path} exports ${name}, which another file exports, too.`)).toEqual([]);
});
