import fc from "fast-check";
import { expect, it } from "vitest";
import { highlight } from "./highlight";

const LANGUAGES = [
  "python",
  "ts",
  "js",
  "rust",
  "go",
  "sh",
  "json",
  "yaml",
  "sql",
  "html",
  "css",
  "c++",
  "java",
  "diff",
  "md",
  "toml",
  "php",
  "ruby",
];

it("knows languages by their usual names", () => {
  for (const language of LANGUAGES) expect(highlight("a = 1\n", language), language).not.toBeNull();
  expect(highlight("a", "klingon")).toBeNull();
  expect(highlight("a", "constructor")).toBeNull();
});

it("does not change the code", () => {
  fc.assert(
    fc.property(
      fc.constantFrom(...LANGUAGES),
      fc.string({ unit: fc.constantFrom(..."ab1 \n\t\"'`/*#<>{}()=\\-+$"), maxLength: 80 }),
      (language, code) => {
        const pieces = highlight(code, language);
        if (pieces !== null) expect(pieces.map((piece) => piece.text).join("")).toBe(code);
      },
    ),
    { numRuns: 500 },
  );
});

it("distinguishes keywords, strings and comments", () => {
  const tints = highlight('def f(): # why\n    return "x"', "py") ?? [];
  const tintOf = (text: string): string | undefined => tints.find((piece) => piece.text.includes(text))?.tint;
  expect([tintOf("def"), tintOf("why"), tintOf('"x"')]).toEqual(["keyword", "comment", "string"]);
});

it("takes little time for hostile code", () => {
  for (const code of [
    "/*".repeat(4000),
    '"'.repeat(8000),
    "<".repeat(8000),
    "`${".repeat(2600),
    "/".repeat(8000),
    "{".repeat(8000),
    "a ".repeat(4000),
  ])
    for (const language of LANGUAGES) {
      const start = performance.now();
      highlight(code, language);
      expect(performance.now() - start, `${language} ${code.slice(0, 4)}`).toBeLessThan(400);
    }
});
