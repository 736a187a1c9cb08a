import { describe, expect, test } from "vitest";
import { match, rank } from "./fuzzy";

const best = (typed: string, names: readonly string[]): string | undefined =>
  rank(typed, names, (name) => name)[0]?.item;

describe("a match", () => {
  test("takes letters in their order, whatever their case and accents", () => {
    expect(match("lby", "lobby")).not.toBeNull();
    expect(match("ybl", "lobby")).toBeNull();
    expect(match("ZOE", "Zoë Okonkwo")).not.toBeNull();
    expect(match("straße", "Straße")).not.toBeNull();
    expect(match("صب", "صباح")).not.toBeNull();
  });

  test("says where the letters stand", () => {
    expect(match("rg", "reading-group")?.at).toEqual([0, 8]);
    expect(match("b", "😀b")?.at).toEqual([2]);
  });

  test("of nothing is everything, in its order", () => {
    expect(rank("", ["b", "a"], (name) => name).map((each) => each.item)).toEqual(["b", "a"]);
  });
});

describe("the best match", () => {
  test("begins with what was typed", () => {
    expect(best("re", ["espresso", "reviews", "weekly-reading"])).toBe("reviews");
    expect(best("op", ["shop", "ops", "on-page"])).toBe("ops");
  });
  test("is at the beginnings of words rather than in their midst", () => {
    expect(best("rg", ["energy", "reading-group", "arguments"])).toBe("reading-group");
    expect(best("bm", ["submit", "Bob Marsh"])).toBe("Bob Marsh");
  });
  test("is the shortest of those that are alike", () => {
    expect(best("design", ["design-system-archive", "design"])).toBe("design");
  });
});
