/** Finds out what names in the messages of a room refer to: the person of `@name`, and the room of `#name`. */
import { type Accessor, createMemo } from "solid-js";
import type { Known } from "../../markdown";
import type { Meanings } from "../../markdown/Text";
import { useMe, useMembers, useRooms, useWindow } from "../../state";
import { fold } from "../../sync/fold";
import { EVERYBODY, type Member, type RoomEvent, type RoomId, type UserId } from "../../sync/types";
import { pathOf } from "../places/router";
import { isCall, mentionedBy, namesOfAuthors } from "./mentioned";
import { isMentioned } from "./rows";

/** Shows the card of a person; `anchor` is the element that was pressed. */
export type OpenPerson = (user: UserId, name: string, anchor: HTMLElement) => void;

/** Which names in a message are mentions or rooms, and what these refer to. */
export interface MessageNames {
  known: Accessor<Known>;
  meanings: Meanings;
}

export interface RoomNames {
  member(user: UserId): Member | undefined;
  /** The names in a message's text; `event` is null until the server has stored it. Call this once, in the message's component. */
  namesIn(event: RoomEvent | null): MessageNames;
}

export function createRoomNames(room: RoomId, openPerson: OpenPerson): RoomNames {
  const me = useMe();
  const members = useMembers(room);
  const rooms = useRooms();
  const log = useWindow(room);
  const byId = createMemo(() => new Map((members() ?? []).map((member) => [member.id, member])));
  // Keeps only names and ids, so that it does not change with presence, after which all texts would be parsed again.
  const byName = createMemo(
    () => new Map((members() ?? []).map((member) => [fold(member.name), member.id])),
    undefined,
    { equals: sameMap },
  );
  const nameOf = createMemo(() => new Map((members() ?? []).map(({ id, name }) => [id, name])), undefined, {
    equals: sameMap,
  });
  const past = createMemo(() => namesOfAuthors(log().events, (user) => nameOf().get(user)), undefined, {
    equals: (a, b) => JSON.stringify([...a]) === JSON.stringify([...b]),
  });
  const paths = createMemo(
    () => new Map(rooms().flatMap((one) => (one.kind === "public" ? [[fold(one.name), pathOf(one)] as const] : []))),
    undefined,
    { equals: sameMap },
  );
  const myId = createMemo(() => me()?.id ?? null);

  const namesIn = (event: RoomEvent | null): MessageNames => {
    // The server decides whom a stored message mentions. Before that, its names mean the people who have them now.
    const people = createMemo(
      (): ReadonlyMap<string, UserId | null> =>
        event === null ? byName() : mentionedBy(event, (user) => nameOf().get(user), past()),
      undefined,
      { equals: sameMap },
    );
    const called = event?.mentions ?? [];
    return {
      known: createMemo<Known>(() => {
        const names = people();
        const places = paths();
        return { person: (name) => isCall(name) || names.has(fold(name)), room: (name) => places.has(fold(name)) };
      }),
      meanings: {
        mention(name) {
          if (isCall(name)) {
            if (event === null || called.length === 0) return null;
            if (!called.includes(EVERYBODY) && fold(name) === "room") return null;
            return isMentioned(event, myId()) ? "me" : "other";
          }
          const whom = people().get(fold(name));
          if (whom === undefined) return null;
          return whom !== null && whom === myId() ? "me" : "other";
        },
        person(name) {
          const whom = isCall(name) ? null : (people().get(fold(name)) ?? null);
          return whom === null ? null : (anchor) => openPerson(whom, nameOf().get(whom) ?? name, anchor);
        },
        room: (name) => paths().get(fold(name)) ?? null,
      },
    };
  };
  return { member: (user) => byId().get(user), namesIn };
}

function sameMap<K, V>(a: ReadonlyMap<K, V>, b: ReadonlyMap<K, V>): boolean {
  if (a.size !== b.size) return false;
  for (const [key, value] of a) if (b.get(key) !== value) return false;
  return true;
}
