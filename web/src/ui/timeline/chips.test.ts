import { expect, test } from "vitest";
import { chipsOf } from "./chips";

test("reactions that differ only in skin tone share a chip", () => {
  const reactions = [
    { emoji: "👍", count: 2, mine: false },
    { emoji: "🎉", count: 1, mine: false },
    { emoji: "👍🏽", count: 1, mine: true },
  ];
  expect(chipsOf(reactions)).toEqual([
    { emoji: "👍", count: 3, mine: ["👍🏽"], all: ["👍", "👍🏽"] },
    { emoji: "🎉", count: 1, mine: [], all: ["🎉"] },
  ]);
});
