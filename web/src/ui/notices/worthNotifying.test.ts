import { describe, expect, test } from "vitest";
import { unreadTotals } from "../../state/unread";
import type { Room } from "../../sync/types";
import { isQuiet, isWorthNotifying, type Situation } from "./worthNotifying";

const message: Situation = {
  kind: "message",
  mine: false,
  mentioned: false,
  level: "all",
  roomKind: "public",
  hours: null,
  minute: 12 * 60,
  watched: false,
};
const tells = (changed: Partial<Situation>): boolean => isWorthNotifying({ ...message, ...changed });

describe("a notification", () => {
  test("depends on the room's level", () => {
    expect(tells({ level: "all" })).toBe(true);
    expect(tells({ level: "mentions" })).toBe(false);
    expect(tells({ level: "mentions", mentioned: true })).toBe(true);
    expect(tells({ level: "nothing", mentioned: true })).toBe(false);
  });

  test("is not shown for own messages, joins, or a watched room", () => {
    expect(tells({ mine: true, mentioned: true })).toBe(false);
    expect(tells({ kind: "joined" })).toBe(false);
    expect(tells({ kind: "topic", mentioned: true })).toBe(false);
    expect(tells({ kind: "action" })).toBe(true);
    expect(tells({ watched: true, mentioned: true })).toBe(false);
  });

  test("is shown for an edit only if it mentions the user for the first time", () => {
    expect(tells({ kind: "edited" })).toBe(false);
    expect(tells({ kind: "edited", mentioned: true, level: "mentions" })).toBe(true);
    expect(tells({ kind: "reacted", mentioned: true })).toBe(false);
  });

  test("is not shown in the quiet hours", () => {
    expect(tells({ hours: { begin: 600, end: 780 }, mentioned: true })).toBe(false);
    expect(tells({ hours: { begin: 1320, end: 420 } })).toBe(true);
  });
});

describe("the quiet hours", () => {
  const night = { begin: 22 * 60, end: 7 * 60 };
  test("may include midnight", () => {
    expect([21 * 60 + 59, 22 * 60, 0, 6 * 60 + 59, 7 * 60].map((minute) => isQuiet(night, minute))).toEqual([
      false,
      true,
      true,
      true,
      false,
    ]);
  });
  test("are empty if begin and end are equal", () => {
    expect(isQuiet({ begin: 60, end: 60 }, 60)).toBe(false);
    expect(isQuiet(null, 0)).toBe(false);
  });
});

describe("the badge", () => {
  const room = (changed: Partial<Room>): Room =>
    ({ joined: true, archived: false, level: "mentions", kind: "public", unread: 0, mentions: 0, ...changed }) as Room;

  test("counts mentions and direct messages, and marks the rest", () => {
    expect(unreadTotals([room({ unread: 5 })])).toEqual({ mentions: 0, unread: true });
    expect(unreadTotals([room({ unread: 5, mentions: 2 }), room({ kind: "direct", unread: 3, level: "all" })])).toEqual(
      { mentions: 5, unread: true },
    );
  });

  test("ignores muted rooms", () => {
    expect(
      unreadTotals([room({ unread: 5, mentions: 1, level: "nothing" }), room({ unread: 1, archived: true })]),
    ).toEqual({ mentions: 0, unread: false });
  });
});
