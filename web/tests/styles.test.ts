// Selectors that would make the page slow are not used.
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";

const SOURCE = join(import.meta.dirname, "..", "src");

test("no style depends on the content of the whole page: each change would recompute all styles", () => {
  const sheets = readdirSync(SOURCE, { recursive: true, encoding: "utf8" }).filter((name) => name.endsWith(".css"));
  expect(sheets.length).toBeGreaterThan(20);
  const whole = sheets.filter((name) =>
    /(^|[\s,}])(:root|html|body|\*)[^\s,{]*:has\(/m.test(readFileSync(join(SOURCE, name), "utf8")),
  );
  expect(whole).toEqual([]);
});
