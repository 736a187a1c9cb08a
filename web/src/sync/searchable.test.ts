import { readFileSync } from "node:fs";
import { expect, it } from "vitest";
import { searchable } from "./searchable";

const file = new URL("../../../tests/vectors/search.json", import.meta.url);
const vectors = JSON.parse(readFileSync(file, "utf8")) as { typed: string; name: string; found: boolean }[];

it.each(vectors)("$typed finds $name: $found", ({ typed, name, found }) => {
  expect(searchable(name).startsWith(searchable(typed))).toBe(found);
  expect(searchable(searchable(name))).toBe(searchable(name));
});
