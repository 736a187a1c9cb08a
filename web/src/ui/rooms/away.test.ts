// @vitest-environment happy-dom
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import type { Room, RoomEvent } from "../../sync/types";
import { isOnlyOwner } from "../people/rights";
import { readLeft } from "./left";
import { removalOf, sentOut } from "./removal";

const kept = new Map<string, string>();

beforeEach(() => {
  vi.resetModules();
  kept.clear();
  vi.stubGlobal("localStorage", {
    getItem: (key: string) => kept.get(key) ?? null,
    setItem: (key: string, value: string) => void kept.set(key, value),
  });
});
afterEach(() => vi.unstubAllGlobals());

describe("a private room that one has left", () => {
  test("is known on this device until one is back, or can't come back", async () => {
    const first = await import("./left");
    first.rememberLeft({ user: 1, room: 5, name: "den" });
    first.rememberLeft({ user: 2, room: 6, name: "attic" });
    vi.resetModules();
    const later = await import("./left");
    expect(later.leftRooms(1, []).map((each) => each.name)).toEqual(["den"]);
    expect(later.leftRooms(1, [{ id: 5, joined: true } as Room])).toEqual([]);
    later.forgetLeft(1, 5);
    expect(later.leftRooms(1, [])).toEqual([]);
    expect(later.leftRooms(2, []).map((each) => each.name)).toEqual(["attic"]);
  });

  test("is not invented from what is no list", () => {
    expect(readLeft("{")).toEqual([]);
    expect(readLeft('[{"user":1},null,{"user":1,"room":2,"name":"a"}]')).toEqual([{ user: 1, room: 2, name: "a" }]);
  });

  test("is without anybody to run it if its only owner leaves", () => {
    expect(isOnlyOwner([{ id: 1, role: "owner" }], 1)).toBe(false);
    expect(
      isOnlyOwner(
        [
          { id: 1, role: "owner" },
          { id: 2, role: "moderator" },
        ],
        1,
      ),
    ).toBe(true);
    expect(
      isOnlyOwner(
        [
          { id: 1, role: "owner" },
          { id: 2, role: "owner" },
        ],
        1,
      ),
    ).toBe(false);
  });
});

describe("an invitation that one has declined", () => {
  test("stays out of sight after a reload, and another one does not", async () => {
    const den = { room: 5, name: "den", by: "ann" };
    (await import("./declined")).decline(den);
    vi.resetModules();
    const { undeclined } = await import("./declined");
    const again = { ...den, by: "bob" };
    expect(undeclined([den, again])).toEqual([again]);
  });
});

describe("being sent out", () => {
  const room = { id: 3, name: "ops", kind: "public" } as const;
  const event = (kind: string, user: number, until?: number): RoomEvent => ({
    seq: 9,
    at: 0,
    user: 2,
    name: "bob",
    kind,
    text: "spam",
    about: { user, name: "eve", ...(until ? { until } : {}) },
  });

  test("is told to whom it happened, by whom, why, and until when", () => {
    expect(removalOf(event("banned", 8), 7, room)).toBeNull();
    expect(removalOf(event("muted", 7), 7, room)).toBeNull();
    const kicked = removalOf(event("kicked", 7), 7, room);
    expect(kicked && sentOut(kicked)).toBe("bob has sent you out of #ops: spam");
    const banned = removalOf(event("banned", 7, Date.UTC(2030, 4, 6, 12)), 7, room);
    expect(banned && sentOut(banned)).toMatch(/^bob has banned you from #ops until .*2030.*: spam$/);
  });
});
