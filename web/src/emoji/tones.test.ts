/** Runs the examples in tests/vectors/emoji.json, which tests/core/test_emoji.py runs with the server's `base`. */
import { readFileSync } from "node:fs";
import { expect, it } from "vitest";
import { baseOf } from "./tones";

const file = new URL("../../../tests/vectors/emoji.json", import.meta.url);
const vectors = JSON.parse(readFileSync(file, "utf8")) as { why: string; emoji: string; base: string }[];

it.each(vectors)("$emoji without its skin tones is $base: $why", ({ emoji, base }) => {
  expect(baseOf(emoji)).toBe(base);
  expect(baseOf(base)).toBe(base);
});
