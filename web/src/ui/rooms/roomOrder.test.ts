import { describe, expect, test } from "vitest";
import { isUnread } from "../../state/unread";
import type { Room } from "../../sync/types";
import { arrange, likeliest, neighbour } from "./roomOrder";

let next = 1;
const room = (name: string, changed: Partial<Room> = {}): Room =>
  ({
    id: next++,
    name,
    kind: "public",
    joined: true,
    archived: false,
    favourite: false,
    level: "mentions",
    unread: 0,
    mentions: 0,
    active: 0,
    tip: 1,
    ...changed,
  }) as Room;
const names = (rooms: readonly Room[], filter = ""): Record<string, string[]> =>
  Object.fromEntries(arrange(rooms, filter).map((each) => [each.section, each.rooms.map((one) => one.name)]));

describe("the list of rooms", () => {
  test("has favourites first, rooms by name, direct rooms by last message, archived rooms last", () => {
    expect(
      names([
        room("zoe", { kind: "direct", active: 5 }),
        room("eve", { kind: "direct", active: 9 }),
        room("tea"),
        room("Design"),
        room("room10"),
        room("room9"),
        room("old", { archived: true, favourite: true }),
        room("bob", { kind: "direct", favourite: true }),
        room("elsewhere", { joined: false }),
      ]),
    ).toEqual({
      favourites: ["bob"],
      rooms: ["Design", "room9", "room10", "tea"],
      direct: ["eve", "zoe"],
      archived: ["old"],
    });
  });

  test("is filtered by a text, with or without a mark", () => {
    const rooms = [room("lobby"), room("Lab"), room("tea")];
    expect(names(rooms, " #LA ")).toEqual({ rooms: ["Lab"] });
    expect(names(rooms, "nothing")).toEqual({});
    expect(likeliest([room("espresso"), room("reviews")], "re")?.name).toBe("reviews");
  });

  test("shows muted rooms as unread only for mentions", () => {
    expect(isUnread(room("a", { unread: 1 }))).toBe(true);
    expect(isUnread(room("a", { unread: 1, level: "nothing" }))).toBe(false);
    expect(isUnread(room("a", { unread: 1, mentions: 1, level: "nothing" }))).toBe(true);
  });
});

describe("going to the next room", () => {
  const order = [room("a"), room("b", { unread: 1 }), room("c"), room("d", { unread: 1 })];
  const [a, b, c, d] = order as [Room, Room, Room, Room];
  test("goes on and back, and around the ends", () => {
    expect(neighbour(order, a.id, 1, false)).toBe(b);
    expect(neighbour(order, a.id, -1, false)).toBe(d);
    expect(neighbour(order, d.id, 1, false)).toBe(a);
    expect(neighbour(order, null, 1, false)).toBe(a);
    expect(neighbour(order, null, -1, false)).toBe(d);
  });
  test("may skip rooms without unread messages", () => {
    expect(neighbour(order, b.id, 1, true)).toBe(d);
    expect(neighbour(order, d.id, 1, true)).toBe(b);
    expect(neighbour(order, c.id, -1, true)).toBe(b);
    expect(neighbour([a, c], a.id, 1, true)).toBeUndefined();
    expect(neighbour([], null, 1, false)).toBeUndefined();
  });
});
