/** Runs the examples in tests/vectors/texts.json, which tests/core/test_text.py runs with the server's functions. */
import { readFileSync } from "node:fs";
import { expect, it } from "vitest";
import { isVisible, normalized } from "./normalized";

interface Vector {
  why: string;
  text: string;
  normalized: string;
  visible: boolean;
}

const file = new URL("../../../tests/vectors/texts.json", import.meta.url);
const vectors = JSON.parse(readFileSync(file, "utf8")) as Vector[];

it.each(vectors)("normalized: $why", ({ text, normalized: expected, visible }) => {
  expect(normalized(text)).toBe(expected);
  expect(normalized(expected)).toBe(expected);
  expect(isVisible(text)).toBe(visible);
});
