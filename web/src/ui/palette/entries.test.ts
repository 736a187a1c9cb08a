import { expect, test } from "vitest";
import type { Room, RoomListing } from "../../sync/types";
import { foundElsewhere, type PalettePerson, places } from "./entries";

const room = (id: number, name: string, more: Partial<Room> = {}): Room =>
  ({ id, name, kind: "public", members: 2, joined: true, active: 0, unread: 0, mentions: 0, ...more }) as Room;
const user = (id: number, name: string, display = ""): PalettePerson => ({
  id,
  name,
  online: id % 2 === 0,
  display,
  colour: "",
});

test("a person with a direct room is listed once, and opens that room", () => {
  const found = places(
    [
      room(1, "lobby"),
      room(2, "eve", { kind: "direct", active: 5 }),
      room(3, "eve, zoe", { kind: "direct", members: 3 }),
    ],
    [user(7, "bob"), user(8, "eve", "Eve L."), user(9, "zoe")],
    7,
  );
  expect(found.map((each) => [each.kind, each.name, each.id])).toEqual([
    ["person", "eve Eve L.", "room-2"],
    ["room", "lobby", "room-1"],
    ["room", "eve, zoe", "room-3"],
    ["person", "zoe", "person-9"],
  ]);
});

test("a room that has a person's name is listed besides that person", () => {
  const found = places([room(1, "eve")], [user(8, "eve")], 7);
  expect(found.map((each) => each.kind)).toEqual(["room", "person"]);
});

test("a direct room is listed as a room until its people are known", () => {
  expect(places([room(2, "eve", { kind: "direct" })], [], 7).map((each) => each.kind)).toEqual(["room"]);
});

test("of what the server finds, the user's own rooms, known people and the user are left out", () => {
  const listing = (id: number, joined: boolean): RoomListing => {
    return { id, name: `room${id}`, kind: "public", topic: "", members: 2, archived: false, joined };
  };
  const known = places([room(1, "room1")], [user(8, "eve")], 7);
  const found = foundElsewhere(
    [listing(1, true), listing(2, false)],
    [user(7, "bob"), user(8, "eve"), user(9, "zoe")],
    known,
    7,
  );
  expect(found.map((each) => [each.kind, each.name, each.id])).toEqual([
    ["listed", "room2", "room-2"],
    ["person", "zoe", "person-9"],
  ]);
});
