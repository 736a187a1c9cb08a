/** The titles of rooms: the name of a room, or the people in a direct room. */
import { type Accessor, createMemo } from "solid-js";
import { useMe, useMembers } from "../../state";
import type { Member, Room } from "../../sync/types";
import { t } from "../../text";

/** The other people in a direct room; empty until they are known. */
export function useOthers(room: Accessor<Room | undefined>): Accessor<readonly Member[]> {
  const id = createMemo(() => {
    const now = room();
    return now?.kind === "direct" ? now.id : null;
  });
  const me = useMe();
  const members = useMembers(id);
  return createMemo(() => (members() ?? []).filter((member) => member.id !== me()?.id));
}

/** The server's text in place of the name of a deleted account. Names have no spaces, so nobody is called that. */
const GONE = "someone who left";

/** The title of a room; empty while there is none. */
export function useTitle(room: Accessor<Room | undefined>): Accessor<string> {
  const others = useOthers(room);
  return createMemo(() => {
    const now = room();
    return now === undefined ? "" : titleOf(now, others());
  });
}

/** The title of a room: for a direct room the display names of the others. */
export function titleOf(room: Room, others: readonly Member[]): string {
  if (room.kind !== "direct") return room.name;
  const displays = new Map(others.map((other) => [other.name, other.display]));
  return room.name
    .split(", ")
    .map((name) => (name === GONE ? t.shell.rooms.gone : displays.get(name) || name))
    .join(", ");
}
