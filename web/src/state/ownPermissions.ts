/** One's own place in a room. */
import { type Accessor, createMemo } from "solid-js";
import type { Member, RoomId } from "../sync/types";
import { useMe, useMembers, useRoom } from ".";
import { type Action, may } from "./permissions";

/** Oneself as a member of the room; undefined until the members are known. */
export function useMyself(room: Accessor<RoomId | null>): Accessor<Member | undefined> {
  const me = useMe();
  const members = useMembers(room);
  return createMemo(() => members()?.find((member) => member.id === me()?.id));
}

/** Whether one may do something in the room. */
export function useMay(room: Accessor<RoomId | null>): (action: Action) => boolean {
  const me = useMe();
  const now = useRoom(room);
  const myself = useMyself(room);
  return (action) => {
    const kind = now()?.kind;
    return kind !== undefined && may(action, me(), myself()?.role, kind);
  };
}
