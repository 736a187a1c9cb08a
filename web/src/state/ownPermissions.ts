/** What the user may do in a room. */
import { type Accessor, createMemo } from "solid-js";
import type { Member, RoomId } from "../sync/types";
import { useMe, useMembers, useRoom } from ".";
import { may, type RoomAction } from "./permissions";

/** The user as a member of the room; undefined until the members are known. */
export function useMyself(room: Accessor<RoomId | null>): Accessor<Member | undefined> {
  const me = useMe();
  const members = useMembers(room);
  return createMemo(() => members()?.find((member) => member.id === me()?.id));
}

/** Returns a function that tells whether the user may do an action in the room. */
export function useMay(room: Accessor<RoomId | null>): (action: RoomAction) => boolean {
  const me = useMe();
  const now = useRoom(room);
  const myself = useMyself(room);
  return (action) => {
    const kind = now()?.kind;
    return kind !== undefined && may(action, me(), myself()?.role, kind);
  };
}
