import { describe, expect, it } from "vitest";
import { emojiTable } from "./table";

describe("emoji", () => {
  it("are found by code, the closest first, and by words", async () => {
    const table = await emojiTable("en");
    expect(table.find("smile", 3)[0]?.character).toBe("😄");
    expect(table.find("+1", 1)[0]?.character).toBe("👍️");
    expect(table.find("tada", 1)[0]?.character).toBe("🎉");
    expect(table.find("giraffe", 1)[0]?.character).toBe("🦒");
    expect(table.find("no such thing", 5)).toEqual([]);
    expect(table.of("heart")).toBe("❤️");
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
