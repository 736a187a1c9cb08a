/** Resolves names in a room: the person of `@name`, and the path of `#name`. */
import { type Accessor, createMemo } from "solid-js";
import type { Known } from "../../markdown";
import type { Meanings } from "../../markdown/Text";
import { useMe, useMembers, useRooms } from "../../state";
import { fold } from "../../sync/fold";
import { EVERYBODY, type Member, type RoomEvent, type RoomId, type UserId } from "../../sync/types";
import { pathOf } from "../places/router";
import { isMentioned } from "./rows";

/** Shows the card of a person; `anchor` is the element that was pressed. */
export type OpenPerson = (user: UserId, name: string, anchor: HTMLElement) => void;

export interface RoomNames {
  known: Accessor<Known>;
  member(user: UserId): Member | undefined;
  /** For the text of a message; `event` is null while it is not stored. */
  meanings(event: RoomEvent | null): Meanings;
}

export function createRoomNames(room: RoomId, openPerson: OpenPerson): RoomNames {
  const me = useMe();
  const members = useMembers(room);
  const rooms = useRooms();
  const byId = createMemo(() => new Map((members() ?? []).map((member) => [member.id, member])));
  // By name only: texts are not parsed again when presence changes.
  const byName = createMemo(
    () => new Map((members() ?? []).map((member) => [fold(member.name), member.id])),
    undefined,
    { equals: sameMap },
  );
  const paths = createMemo(
    () => new Map(rooms().flatMap((one) => (one.kind === "public" ? [[fold(one.name), pathOf(one)] as const] : []))),
    undefined,
    { equals: sameMap },
  );
  const myId = createMemo(() => me()?.id ?? null);
  return {
    member: (user) => byId().get(user),
    known: createMemo<Known>(() => {
      const people = byName();
      const places = paths();
      return { person: (name) => isCall(name) || people.has(fold(name)), room: (name) => places.has(fold(name)) };
    }),
    meanings: (event) => ({
      mention(name) {
        // The server decides which users a message mentions. Before it is stored, that is unknown.
        const called = event === null ? null : (event.mentions ?? []);
        if (isCall(name)) {
          if (event === null || called === null || called.length === 0) return null;
          if (!called.includes(EVERYBODY) && fold(name) === "room") return null;
          return isMentioned(event, myId()) ? "me" : "other";
        }
        const whom = byName().get(fold(name));
        if (whom === undefined) return null;
        if (whom === myId()) return "me";
        const isMeant = called === null || event?.user === whom || called.includes(whom) || called.includes(EVERYBODY);
        return isMeant ? "other" : null;
      },
      person(name) {
        const whom = isCall(name) ? undefined : byName().get(fold(name));
        return whom === undefined ? null : (anchor) => openPerson(whom, name, anchor);
      },
      room: (name) => paths().get(fold(name)) ?? null,
    }),
  };
}

const isCall = (name: string): boolean => /^(room|here)$/i.test(name);

function sameMap<K, V>(a: ReadonlyMap<K, V>, b: ReadonlyMap<K, V>): boolean {
  if (a.size !== b.size) return false;
  for (const [key, value] of a) if (b.get(key) !== value) return false;
  return true;
}
