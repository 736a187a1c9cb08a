import { describe, expect, test } from "vitest";
import { match, rank } from "./fuzzy";

const best = (typed: string, names: readonly string[]): string | undefined =>
  rank(typed, names, (name) => name)[0]?.item;

describe("a match", () => {
  test("needs the letters in order, ignoring case and accents", () => {
    expect(match("lby", "lobby")).not.toBeNull();
    expect(match("ybl", "lobby")).toBeNull();
    expect(match("ZOE", "Zoë Okonkwo")).not.toBeNull();
    expect(match("straße", "Straße")).not.toBeNull();
    expect(match("strasse", "Straße")).not.toBeNull();
    expect(match("lukasz", "Łukasz")).not.toBeNull();
    expect(match("한국", "한국어")).not.toBeNull();
    expect(match("صب", "صباح")).not.toBeNull();
  });

  test("has the positions of the letters", () => {
    expect(match("rg", "reading-group")?.at).toEqual([0, 8]);
    expect(match("b", "😀b")?.at).toEqual([2]);
    expect(match("sse", "Straße")?.at).toEqual([4, 5]);
  });

  test("of an empty text includes everything, in order", () => {
    expect(rank("", ["b", "a"], (name) => name).map((each) => each.item)).toEqual(["b", "a"]);
  });
});

describe("the best match", () => {
  test("begins with what was typed", () => {
    expect(best("re", ["espresso", "reviews", "weekly-reading"])).toBe("reviews");
    expect(best("op", ["shop", "ops", "on-page"])).toBe("ops");
  });
  test("is at the beginnings of words", () => {
    expect(best("rg", ["energy", "reading-group", "arguments"])).toBe("reading-group");
    expect(best("bm", ["submit", "Bob Marsh"])).toBe("Bob Marsh");
  });
  test("is the shortest of equal ones", () => {
    expect(best("design", ["design-system-archive", "design"])).toBe("design");
  });
});
