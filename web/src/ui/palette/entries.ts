/** The entries of the palette for rooms and people. */
import { isUnread } from "../../state/unread";
import type { Person, Room, RoomListing, UserId } from "../../sync/types";

export type PalettePerson = Pick<Person, "id" | "name" | "display" | "colour" | "online">;

export type PaletteTarget =
  | { kind: "room"; id: string; name: string; room: Room }
  /** A room of the server that the user is not in. */
  | { kind: "listed"; id: string; name: string; room: null; listing: RoomListing }
  /** `room` is the direct room with the person, if there is one. */
  | { kind: "person"; id: string; name: string; person: PalettePerson; room: Room | null };

/** The user's rooms, unread and recently active ones first; then people without a direct room. */
export function places(
  rooms: readonly Room[],
  users: readonly PalettePerson[],
  me: UserId | undefined,
): readonly PaletteTarget[] {
  const people = new Map(users.filter((user) => user.id !== me).map((user) => [user.name, user]));
  const mine = rooms
    .filter((room) => room.joined)
    .sort((a, b) => Number(isUnread(b)) - Number(isUnread(a)) || b.active - a.active)
    .map((room): PaletteTarget => {
      const id = `room-${room.id}`;
      const other = room.kind === "direct" && room.members === 2 ? people.get(room.name) : undefined;
      if (!other) return { kind: "room", id, name: room.name, room };
      people.delete(room.name);
      return { ...personOf(other), id, room };
    });
  const others = [...people.values()]
    .sort((a, b) => Number(b.online) - Number(a.online) || a.name.localeCompare(b.name))
    .map((user): PaletteTarget => ({ ...personOf(user), id: `person-${user.id}`, room: null }));
  return [...mine, ...others];
}

function personOf(person: PalettePerson): { kind: "person"; name: string; person: PalettePerson } {
  return { kind: "person", name: person.display ? `${person.name} ${person.display}` : person.name, person };
}

/** Of what the server has found, the entries that are not in the palette already: rooms that the user is not in, then people. */
export function foundElsewhere(
  rooms: readonly RoomListing[],
  people: readonly PalettePerson[],
  known: readonly PaletteTarget[],
  me: UserId | undefined,
): readonly PaletteTarget[] {
  const ids = new Set(known.map((each) => each.id));
  const persons = new Set(known.map((each) => (each.kind === "person" ? each.person.id : me)));
  return [
    ...rooms
      .filter((room) => !room.joined && !ids.has(`room-${room.id}`))
      .map((listing): PaletteTarget => {
        return { kind: "listed", id: `room-${listing.id}`, name: listing.name, room: null, listing };
      }),
    ...people
      .filter((person) => person.id !== me && !persons.has(person.id))
      .map((person): PaletteTarget => ({ ...personOf(person), id: `person-${person.id}`, room: null })),
  ];
}
