/** Every part of the page that is loaded later is loaded by `lazyModule`, which can try again after a failure. */
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { parseSync } from "vite";
import { expect, test } from "vitest";

const SOURCE = join(import.meta.dirname, "..", "src");

interface Node {
  type: string;
  start: number;
  [field: string]: unknown;
}
const isNode = (value: unknown): value is Node => typeof (value as Node | null)?.type === "string";

function walk(node: Node, parents: readonly Node[], visit: (node: Node, parents: readonly Node[]) => void): void {
  visit(node, parents);
  for (const child of Object.values(node).flat()) if (isNode(child)) walk(child, [node, ...parents], visit);
}

/** All dynamic imports: the file, the module that it imports, and the function that gets the arrow function with the import. */
const imports = readdirSync(SOURCE, { recursive: true, encoding: "utf8" })
  .filter((path) => /\.tsx?$/.test(path) && !/\.test\.tsx?$|^sync\/testing\//.test(path))
  .sort()
  .flatMap((path) => {
    const found: { path: string; what: string; by: string }[] = [];
    walk(parseSync(path, readFileSync(join(SOURCE, path), "utf8")).program as unknown as Node, [], (node, parents) => {
      if (node.type !== "ImportExpression") return;
      const [arrow, call] = parents;
      const callee = call?.["callee"];
      const by = arrow?.type === "ArrowFunctionExpression" && isNode(callee) ? String(callee["name"]) : "";
      found.push({ path, what: String((node["source"] as Node)["value"]), by });
    });
    return found;
  });

test("every dynamic import is the argument of lazyModule", () => {
  expect(imports.length).toBeGreaterThan(10);
  expect(imports.filter(({ by }) => by !== "lazyModule")).toEqual([]);
});

test("each module is imported dynamically in one place only, so that all its users share one `lazyModule`", () => {
  const parts = imports.map(({ what }) => what.replace(/^.*\//, ""));
  expect(parts.filter((part, at) => parts.indexOf(part) !== at)).toEqual([]);
});

test("no file uses Solid's `lazy`, which never tries again after a failure", () => {
  for (const path of readdirSync(SOURCE, { recursive: true, encoding: "utf8" }).filter((name) => /\.tsx$/.test(name)))
    expect(readFileSync(join(SOURCE, path), "utf8"), path).not.toMatch(/\blazy\b.*from "solid-js"|<Suspense/);
});
