/** What the palette offers of rooms and people: each of them once. */
import type { User } from "../../api/types";
import { isUnread } from "../../state/unread";
import type { Member, Room, UserId } from "../../sync/types";

export type Person = Pick<Member, "id" | "name" | "display" | "colour" | "online">;

export type Place =
  | { kind: "room"; id: string; name: string; room: Room }
  /** `room` is the conversation with them, if there is one. */
  | { kind: "person"; id: string; name: string; person: Person; room: Room | null };

/** The rooms one is in, unread ones first, then those where something was said last; then the people one has not written to. */
export function places(rooms: readonly Room[], users: readonly User[], me: UserId | undefined): readonly Place[] {
  const people = new Map(users.filter((user) => user.id !== me).map((user) => [user.name, user]));
  const mine = rooms
    .filter((room) => room.joined)
    .sort((a, b) => Number(isUnread(b)) - Number(isUnread(a)) || b.active - a.active)
    .map((room): Place => {
      const id = `room-${room.id}`;
      const other = room.kind === "direct" && room.members === 2 ? people.get(room.name) : undefined;
      if (!other) return { kind: "room", id, name: room.name, room };
      people.delete(room.name);
      return { ...personOf(other), id, room };
    });
  const others = [...people.values()]
    .sort((a, b) => Number(b.online) - Number(a.online) || a.name.localeCompare(b.name))
    .map((user): Place => ({ ...personOf(user), id: `person-${user.id}`, room: null }));
  return [...mine, ...others];
}

function personOf({ id, name, online, profile }: User): { kind: "person"; name: string; person: Person } {
  const { display, colour } = profile;
  return { kind: "person", name: display ? `${name} ${display}` : name, person: { id, name, display, colour, online } };
}
