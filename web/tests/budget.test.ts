/** Tests of the built page. The first load is all that the browser loads before it shows the page; its size is limited. */
import { spawnSync } from "node:child_process";
import { mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { constants, gzipSync } from "node:zlib";
import { afterAll, beforeAll, expect, test } from "vitest";

/** The most bytes of JavaScript and CSS in the first load, compressed by gzip. */
const BUDGET = 120 * 1024;

const ROOT = fileURLToPath(new URL("..", import.meta.url));

/** An entry of Vite's manifest: a file, and the keys of the entries that it imports statically. */
interface Part {
  file: string;
  imports?: string[];
  css?: string[];
}

let folder = "";

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "parley-page-"));
  // Build in another process without vitest's environment variables, with which some plugins build differently.
  const { VITEST: _, NODE_ENV: __, ...env } = process.env;
  const vite = join(ROOT, "node_modules/vite/bin/vite.js");
  const options = ["build", "--outDir", folder, "--manifest", "manifest.json", "--logLevel", "warn"];
  const build = spawnSync(process.execPath, [vite, ...options], { cwd: ROOT, env, encoding: "utf8" });
  if (build.status !== 0) throw new Error(build.stdout + build.stderr);
}, 120_000);

afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** The files that index.html names, and those that they import statically. */
function firstLoad(): string[] {
  const manifest = JSON.parse(readFileSync(join(folder, "manifest.json"), "utf8")) as Record<string, Part>;
  const found = new Set<string>(["requirements.js"]);
  const take = (key: string): void => {
    const part = manifest[key];
    if (part === undefined || found.has(part.file)) return;
    found.add(part.file);
    for (const style of part.css ?? []) found.add(style);
    for (const other of part.imports ?? []) take(other);
  };
  take("index.html");
  return [...found];
}

test("the first load stays within its budget", () => {
  const names = firstLoad();
  const index = readFileSync(join(folder, "index.html"), "utf8");
  for (const [, name] of index.matchAll(/(?:src|href)="\/([^"]+\.(?:js|css))"/g)) expect(names).toContain(name);
  expect(names.some((name) => name.endsWith(".js"))).toBe(true);
  const sizes = names.map((name) => {
    const size = gzipSync(readFileSync(join(folder, name)), { level: constants.Z_BEST_COMPRESSION }).length;
    return [name, size] as const;
  });
  const total = sizes.reduce((sum, [, size]) => sum + size, 0);
  const rows = sizes.map(([name, size]) => `  ${(size / 1024).toFixed(1).padStart(6)} KB  ${name}`);
  console.info(`first load: ${(total / 1024).toFixed(1)} KB of ${BUDGET / 1024} KB gzip\n${rows.join("\n")}`);
  expect(total).toBeLessThanOrEqual(BUDGET);
});

test("the service worker keeps every script and style", () => {
  const worker = readFileSync(join(folder, "sw.js"), "utf8");
  const parts = readdirSync(join(folder, "assets")).filter((name) => /\.(?:js|css)$/.test(name));
  expect(parts.length).toBeGreaterThan(0);
  for (const name of parts) expect(worker).toContain(`"/assets/${name}"`);
});

test("`:dir()` selectors survive the build", () => {
  const styles = (under: string): string =>
    readdirSync(under, { recursive: true, encoding: "utf8" })
      .filter((name) => name.endsWith(".css"))
      .map((name) => readFileSync(join(under, name), "utf8"))
      .join("\n");
  const count = (text: string, what: string): number => text.split(what).length - 1;
  const [written, built] = [styles(join(ROOT, "src")), styles(join(folder, "assets"))];
  expect(count(written, ":dir(rtl)")).toBeGreaterThan(0);
  expect(count(built, ":dir(rtl)")).toBe(count(written, ":dir(rtl)"));
  expect(built).not.toContain(":lang(");
});
