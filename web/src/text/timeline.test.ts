/** The texts of the timeline in every language, with their plurals. */
import { describe, expect, it } from "vitest";
import { timeline as de } from "./de/timeline";
import { timeline as en } from "./en/timeline";

const spoken = (value: unknown): string[] => {
  if (typeof value === "string") return [value];
  if (Array.isArray(value)) return value.flatMap(spoken);
  if (typeof value === "object" && value !== null) return Object.values(value).flatMap(spoken);
  return [];
};

describe.each([
  ["en", en],
  ["de", de],
] as const)("%s", (_, words) => {
  it("has no empty string", () => expect(spoken(words).filter((one) => one.trim() === "")).toEqual([]));
  it("has singular and plural", () => {
    expect(words.newMessages(1)).toMatch(/^1 \S+ \S+$/);
    expect(words.newMessages(1)).not.toBe(words.newMessages(2).replace("2", "1"));
    expect(words.newMessages(12345)).toMatch(/^12[.,]345 /);
  });
  it("names a few and counts the others", () => {
    expect(words.foldJoined(["a", "b"], 7)).toContain("5");
    expect(words.foldJoined(["a"], 1)).not.toContain("1");
    expect(words.typing(1)).not.toBe(words.typing(2));
  });
});
