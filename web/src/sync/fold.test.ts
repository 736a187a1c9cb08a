/** Runs the examples in tests/vectors/names.json, which tests/core/test_text.py runs with the server's `fold`. */
import { readFileSync } from "node:fs";
import { expect, it } from "vitest";
import { fold } from "./fold";

const file = new URL("../../../tests/vectors/names.json", import.meta.url);
const vectors = JSON.parse(readFileSync(file, "utf8")) as { one: string; other: string; same: boolean }[];

it.each(vectors)("$one and $other are the same name: $same", ({ one, other, same }) => {
  expect(fold(one) === fold(other)).toBe(same);
  for (const name of [one, other]) expect(fold(fold(name))).toBe(fold(name));
});
