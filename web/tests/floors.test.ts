/** How the sources are built up: which folder may import which, no circles, no function that goes on for pages. */
import { readdirSync, readFileSync } from "node:fs";
import { dirname, join, relative, sep } from "node:path";
import { parseSync } from "vite";
import { describe, expect, test } from "vitest";

/**
 * The folders of `src`, from the lowest floor up. A folder imports from the floors below its own and from itself: not from
 * above, and not from a neighbour on its floor. A folder inside another one is a folder of its own.
 */
const FLOORS: readonly (readonly string[])[] = [
  // What the browser gives, and what the page is without a screen.
  ["platform", "worker"],
  ["sync"],
  ["sync/session"],
  ["sync/engine"],
  ["text/en"],
  ["text/de"],
  ["text"],
  ["state", "api", "markdown", "emoji"],
  // What every part of the interface uses.
  ["ui/theme"],
  ["ui/parts"],
  ["ui/places"],
  // The parts of the interface.
  ["ui/composer", "ui/entry", "ui/notices", "ui/shortcuts"],
  ["ui/timeline", "ui/people", "ui/palette"],
  ["ui/rooms"],
  ["ui/rooms/dialogs"],
  // Dialogs that bring several parts together.
  ["ui/settings", "ui/admin"],
  // Everything together.
  ["ui/page"],
  ["."],
];

/** Code for tests only: imported by tests, and by the chaos client, which is outside of `src`. It may use everything. */
const TESTING = "sync/testing";

/** No function has more lines than this, counted from its first to its last line, functions inside of it included. */
const LONGEST_FUNCTION = 150;

const SOURCE = join(import.meta.dirname, "..", "src");

interface SourceFile {
  /** Relative to `src`, with slashes. */
  path: string;
  folder: string;
  isTest: boolean;
  /** Paths of the files that it imports, in whatever way: at once, later, or for types alone. */
  imports: readonly string[];
  functions: readonly { name: string; line: number; lines: number }[];
  /** Names of the types that it exports, but for those of another file that it passes on. */
  types: readonly string[];
}

/** A node of the syntax tree (ESTree). */
interface Node {
  type: string;
  start: number;
  end: number;
  [field: string]: unknown;
}

const IMPORTS: ReadonlySet<string> = new Set([
  "ImportDeclaration",
  "ExportNamedDeclaration",
  "ExportAllDeclaration",
  "ImportExpression",
  "TSImportType",
]);
const FUNCTIONS: ReadonlySet<string> = new Set([
  "FunctionDeclaration",
  "FunctionExpression",
  "ArrowFunctionExpression",
]);

function isNode(value: unknown): value is Node {
  return typeof value === "object" && value !== null && typeof (value as Node).type === "string";
}

/** Call back for each node of a tree, with the node around it. */
function walk(node: Node, visit: (node: Node, parent: Node | null) => void, parent: Node | null = null): void {
  visit(node, parent);
  for (const value of Object.values(node)) {
    for (const child of Array.isArray(value) ? value : [value]) if (isNode(child)) walk(child, visit, node);
  }
}

const nameOf = (node: Node | null): string =>
  [node?.["id"], node?.["key"]].filter(isNode).map((each) => String(each["name"]))[0] ?? "a function";

const all = readdirSync(SOURCE, { recursive: true, encoding: "utf8" })
  .filter((name) => /\.tsx?$/.test(name))
  .map((name) => name.split(sep).join("/"));
const known = new Set(all);

/** The file that an import in `from` means; undefined for a package, a style or data. */
function resolved(from: string, specifier: string): string | undefined {
  if (!specifier.startsWith(".")) return undefined;
  const path = relative(SOURCE, join(SOURCE, dirname(from), specifier))
    .split(sep)
    .join("/");
  return [path, `${path}.ts`, `${path}.tsx`, `${path}/index.ts`, `${path}/index.tsx`].find((each) => known.has(each));
}

function read(path: string): SourceFile {
  const text = readFileSync(join(SOURCE, path), "utf8");
  const { program, errors } = parseSync(path, text);
  if (errors.length > 0) throw new Error(`${path} can't be parsed: ${errors[0]?.message}`);
  const imports = new Set<string>();
  const functions: { name: string; line: number; lines: number }[] = [];
  const types: string[] = [];
  const linesIn = (from: number, to: number): number => text.slice(from, to).split("\n").length;
  walk(program as unknown as Node, (node, parent) => {
    const source = node["source"];
    if (IMPORTS.has(node.type) && isNode(source)) {
      const target = resolved(path, String(source["value"]));
      if (target !== undefined) imports.add(target);
    }
    if (FUNCTIONS.has(node.type)) {
      const name = nameOf(node["id"] ? node : parent);
      functions.push({ name, line: linesIn(0, node.start), lines: linesIn(node.start, node.end) });
    }
    const isType = node.type === "TSInterfaceDeclaration" || node.type === "TSTypeAliasDeclaration";
    if (isType && parent?.type === "ExportNamedDeclaration") types.push(nameOf(node));
  });
  const isTest = /\.test\.tsx?$/.test(path);
  return { path, folder: dirname(path), isTest, imports: [...imports], functions, types };
}

const files = all.sort().map(read);
const floorOf = new Map(FLOORS.flatMap((folders, floor) => folders.map((folder) => [folder, floor] as const)));

/** A way from something back to itself, as a list; null if there is none. */
function circleIn(edges: ReadonlyMap<string, ReadonlySet<string>>): string[] | null {
  const done = new Set<string>();
  const path: string[] = [];
  const search = (at: string): string[] | null => {
    if (path.includes(at)) return [...path.slice(path.indexOf(at)), at];
    if (done.has(at)) return null;
    path.push(at);
    for (const next of edges.get(at) ?? []) {
      const found = search(next);
      if (found !== null) return found;
    }
    path.pop();
    done.add(at);
    return null;
  };
  for (const start of edges.keys()) {
    const found = search(start);
    if (found !== null) return found;
  }
  return null;
}

describe("floors", () => {
  test("every folder has its place in the table", () => {
    const folders = new Set(files.map((file) => file.folder).filter((folder) => folder !== TESTING));
    expect([...folders].sort()).toEqual([...floorOf.keys()].sort());
  });

  test("a folder imports from floors below its own only", () => {
    const faults: string[] = [];
    for (const { path, folder, isTest, imports } of files) {
      for (const target of imports) {
        const below = dirname(target);
        if (below === folder || folder === TESTING) continue;
        if (below === TESTING) {
          if (!isTest) faults.push(`${path} imports ${target}, which is for tests only.`);
        } else if ((floorOf.get(below) ?? 0) >= (floorOf.get(folder) ?? 0))
          faults.push(`${path} imports ${target}, but ${below} is not on a floor below ${folder}.`);
      }
    }
    expect(faults).toEqual([]);
  });

  test("no file imports itself, through whatever other files", () => {
    const edges = new Map(files.map((file) => [file.path, new Set(file.imports)]));
    expect(circleIn(edges)?.join(" imports ") ?? null).toBeNull();
  });

  test("no folder imports itself, through whatever other folders", () => {
    const edges = new Map<string, Set<string>>();
    for (const { folder, imports, isTest } of files) {
      if (isTest) continue;
      const others = imports.map((each) => dirname(each)).filter((each) => each !== folder);
      edges.set(folder, new Set([...(edges.get(folder) ?? []), ...others]));
    }
    expect(circleIn(edges)?.join(" imports ") ?? null).toBeNull();
  });
});

test(`no function has more than ${LONGEST_FUNCTION} lines`, () => {
  const faults = files
    .filter((file) => !file.isTest)
    .flatMap(({ path, functions }) => functions.map((each) => ({ path, ...each })))
    .filter(({ lines }) => lines > LONGEST_FUNCTION)
    .map(({ path, name, line, lines }) => `${path}:${line}: ${name} has ${lines} lines.`);
  expect(faults).toEqual([]);
});
