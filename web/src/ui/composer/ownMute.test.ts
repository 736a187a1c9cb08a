import { expect, test } from "vitest";
import type { RoomEvent } from "../../sync/types";
import { muteOf } from "./ownMute";

const event = (seq: number, kind: string, user: number, until?: number): RoomEvent => ({
  seq,
  at: 0,
  user: 2,
  name: "bob",
  kind,
  text: "spam",
  about: { user, name: "eve", ...(until ? { until } : {}) },
});

test("the newest event about the user decides whether they are muted", () => {
  expect(muteOf([event(4, "muted", 8)], 3, 7)).toBeUndefined();
  expect(muteOf([event(4, "muted", 7, 99), event(5, "muted", 8)], 3, 7)).toEqual({
    user: 7,
    room: 3,
    seq: 4,
    until: 99,
    by: "bob",
    why: "spam",
  });
  expect(muteOf([event(4, "muted", 7), event(6, "unmuted", 7)], 3, 7)).toMatchObject({ seq: 6, until: 1 });
});
