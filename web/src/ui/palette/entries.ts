/** The rooms and people of the palette. */
import type { User } from "../../api/types";
import { isUnread } from "../../state/unread";
import type { Member, Room, UserId } from "../../sync/types";

export type Person = Pick<Member, "id" | "name" | "display" | "colour" | "online">;

export type PaletteTarget =
  | { kind: "room"; id: string; name: string; room: Room }
  /** `room` is the direct room with the person, if there is one. */
  | { kind: "person"; id: string; name: string; person: Person; room: Room | null };

/** The user's rooms, unread and recently active ones first; then people without a direct room. */
export function places(
  rooms: readonly Room[],
  users: readonly User[],
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

function personOf({ id, name, online, profile }: User): { kind: "person"; name: string; person: Person } {
  const { display, colour } = profile;
  return { kind: "person", name: display ? `${name} ${display}` : name, person: { id, name, display, colour, online } };
}
