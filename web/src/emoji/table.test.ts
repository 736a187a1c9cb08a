import { describe, expect, it } from "vitest";
import { emojiTable } from "./table";

describe("emoji", () => {
  it("are found by code, the closest first, and by words", async () => {
    const table = await emojiTable("en");
    expect(table.find("smile", 3)[0]?.character).toBe("😄");
    expect(table.find("+1", 1)[0]?.character).toBe("👍");
    expect(table.find("tada", 1)[0]?.character).toBe("🎉");
    expect(table.find("giraffe", 1)[0]?.character).toBe("🦒");
    expect(table.find("no such thing", 5)).toEqual([]);
    expect(table.of("heart")).toBe("❤️");
  });
  it("tell whether a code begins with what was typed", async () => {
    const { find } = await emojiTable("en");
    const begins = (typed: string): boolean[] => find(typed, 8).map((one) => one.begins);
    expect(begins("smil")[0]).toBe(true);
    expect(begins("heart")[0]).toBe(true);
    expect(begins("+1")[0]).toBe(true);
    for (const emoticon of ["DD", "XD", "pp", "-D", "-P", "30", "00", "oO"])
      expect([emoticon, begins(emoticon).includes(true)]).toEqual([emoticon, false]);
    expect(begins("DD").length).toBeGreaterThan(0);
  });
  it("are found in German as well", async () => {
    const table = await emojiTable("de");
    expect(table.find("lachen", 20).map((one) => one.character)).toContain("😄");
  });
  it("are listed once, in groups, each with a code", async () => {
    const { groups } = await emojiTable("en");
    const all = groups.flat();
    expect(groups).toHaveLength(9);
    expect(new Set(all.map((one) => one.character)).size).toBe(all.length);
    expect(all.every((one) => one.codes.length > 0 && !/[\s:]/.test(one.codes.join("")))).toBe(true);
  });
});
