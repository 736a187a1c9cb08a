// What a style may not hang on.
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";

const SOURCE = join(import.meta.dirname, "..", "src");

test("no style hangs on what is anywhere in the page: each change would have all of it worked out anew", () => {
  const sheets = readdirSync(SOURCE, { recursive: true, encoding: "utf8" }).filter((name) => name.endsWith(".css"));
  expect(sheets.length).toBeGreaterThan(20);
  const whole = sheets.filter((name) =>
    /(^|[\s,}])(:root|html|body|\*)[^\s,{]*:has\(/m.test(readFileSync(join(SOURCE, name), "utf8")),
  );
  expect(whole).toEqual([]);
});
