// @vitest-environment happy-dom
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { isOnlyOwner } from "../../state/permissions";
import { OFFLINE } from "../../sync/session/requests";
import type { Room, RoomEvent } from "../../sync/types";
import { isOver, removalOf, removalSentence } from "../places/removals";

const kept = new Map<string, string>();

beforeEach(() => {
  vi.resetModules();
  kept.clear();
  vi.stubGlobal("localStorage", {
    getItem: (key: string) => kept.get(key) ?? null,
    setItem: (key: string, value: string) => void kept.set(key, value),
    removeItem: (key: string) => void kept.delete(key),
  });
});
afterEach(() => vi.unstubAllGlobals());

describe("a private room that the user has left", () => {
  test("is remembered until the user is back, or the server says that it does not exist for them", async () => {
    const first = await import("./leftRooms");
    first.rememberLeft({ user: 1, room: 5, name: "den" });
    first.rememberLeft({ user: 2, room: 6, name: "attic" });
    vi.resetModules();
    const later = await import("./leftRooms");
    expect(later.leftRooms(1, []).map((each) => each.name)).toEqual(["den"]);
    expect(later.leftRooms(1, [{ id: 5, joined: true } as Room])).toEqual([]);
    const banned = { code: "banned", message: "You are banned from this room.", retryAfter: 5_000 };
    for (const problem of [OFFLINE, banned, { code: "archived", message: "" }]) later.joinFailed(1, 5, problem);
    expect(later.leftRooms(1, []).map((each) => each.name)).toEqual(["den"]);
    later.joinFailed(1, 5, { code: "room_unknown", message: "There is no such room here." });
    expect(later.leftRooms(1, [])).toEqual([]);
    expect(later.leftRooms(2, []).map((each) => each.name)).toEqual(["attic"]);
  });

  test("has no owner if its only owner leaves", () => {
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

describe("a declined invitation", () => {
  test("stays hidden after a reload; others are shown", async () => {
    const den = { room: 5, name: "den", by: "ann" };
    (await import("./declinedInvitations")).decline(den);
    vi.resetModules();
    const { withoutDeclined } = await import("./declinedInvitations");
    const again = { ...den, by: "bob" };
    expect(withoutDeclined([den, again])).toEqual([again]);
  });
});

describe("a removal", () => {
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

  test("says who did it, why, and until when", () => {
    expect(removalOf(event("banned", 8), 7, room)).toBeNull();
    expect(removalOf(event("muted", 7), 7, room)).toBeNull();
    const kicked = removalOf(event("kicked", 7), 7, room);
    expect(kicked && removalSentence(kicked)).toBe("bob has sent you out of #ops: spam");
    const banned = removalOf(event("banned", 7, Date.UTC(2030, 4, 6, 12)), 7, room);
    expect(banned && removalSentence(banned)).toMatch(/^bob has banned you from #ops until .*2030.*: spam$/);
  });

  test("is remembered for that user in all tabs until they are back", async () => {
    const first = await import("../places/removals");
    const kicked = first.removalOf(event("kicked", 7), 7, room);
    if (!kicked) throw new Error("it is theirs");
    first.rememberRemoval(kicked);
    vi.resetModules();
    const later = await import("../places/removals");
    expect(later.removals(7)).toEqual([kicked]);
    expect(later.removals(8)).toEqual([]);

    vi.resetModules();
    const tab = await import("../places/removals");
    later.forgetRemoval(7, room.id);
    expect(later.removals(7)).toEqual([]);
    window.dispatchEvent(new StorageEvent("storage", { key: "parley.mine.removals", newValue: null }));
    expect(tab.removals(7)).toEqual([]);
  });

  test("with an end is over after that", () => {
    const banned = removalOf(event("banned", 7, 5_000), 7, room);
    const forGood = removalOf(event("banned", 7), 7, room);
    if (!banned || !forGood) throw new Error("they are theirs");
    expect([isOver(banned, 4_999), isOver(banned, 5_000), isOver(forGood, 5_000)]).toEqual([false, true, false]);
  });
});

describe("a hidden direct room", () => {
  test("stays hidden after a reload, until it has a new message", async () => {
    const talk = { id: 9, kind: "direct", tip: 12 } as const;
    const den = { id: 9, kind: "private", tip: 12 } as const;
    (await import("./hiddenRooms")).hide(talk);
    vi.resetModules();
    const { visibleRooms, unhide } = await import("./hiddenRooms");
    expect(visibleRooms([talk, { ...talk, id: 10 }]).map((each) => each.id)).toEqual([10]);
    expect(visibleRooms([{ ...talk, tip: 13 }, den])).toHaveLength(2);
    unhide(9);
    expect(visibleRooms([talk])).toEqual([talk]);
  });
});
