/** Who a direct conversation is with. */
import { type Accessor, createMemo } from "solid-js";
import { useMe, useMembers } from "../../state";
import type { Member, Room } from "../../sync/types";
import { t } from "../../text";

/** The others in a direct room; empty until it is known who they are. */
export function useOthers(room: Accessor<Room | undefined>): Accessor<readonly Member[]> {
  const id = createMemo(() => {
    const now = room();
    return now?.kind === "direct" ? now.id : null;
  });
  const me = useMe();
  const members = useMembers(id);
  return createMemo(() => (members() ?? []).filter((member) => member.id !== me()?.id));
}

/** What the server calls those who have left it; names have no blanks. */
const GONE = "someone who left";

/** `titleOf` a room, as it is now; empty while there is none. */
export function useTitle(room: Accessor<Room | undefined>): Accessor<string> {
  const others = useOthers(room);
  return createMemo(() => {
    const now = room();
    return now === undefined ? "" : titleOf(now, others());
  });
}

/** What a room is called: of a conversation, those it is with, as they call themselves. */
export function titleOf(room: Room, others: readonly Member[]): string {
  if (room.kind !== "direct") return room.name;
  const displays = new Map(others.map((other) => [other.name, other.display]));
  return room.name
    .split(", ")
    .map((name) => (name === GONE ? t.shell.rooms.gone : displays.get(name) || name))
    .join(", ");
}
