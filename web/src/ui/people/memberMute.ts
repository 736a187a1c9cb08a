/** Whether a member is muted in a room. The server tells this to moderators only. */
import { type Accessor, createMemo } from "solid-js";
import { rooms } from "../../api/rooms";
import { engine } from "../../state";
import type { RoomId, UserId } from "../../sync/types";
import { t } from "../../text";
import { load, showRefusal, showToast } from "../parts";

export interface MemberMute {
  /** Whether the member is muted; false until the server has answered. */
  muted: Accessor<boolean>;
  /** Ask the server again. */
  again: () => void;
}

/** `room` is null if the user is no moderator: then the server is not asked. */
export function useMemberMute(room: Accessor<RoomId | null>, user: UserId): MemberMute {
  const asked = createMemo(() => {
    const id = room();
    return id === null ? null : load(() => rooms.mutes(id));
  });
  return {
    muted: () => (asked()?.value() ?? []).some((each) => each.user === user),
    again: () => void asked()?.again(),
  };
}

/** Unmute a member, with a toast for the result. */
export async function unmute(room: RoomId, name: string): Promise<void> {
  const answer = engine.moderate(room, { action: "mute", whom: name, undo: true });
  if ((await answer).ok) showToast(t.shell.people.done);
  else await showRefusal(answer);
}
