/** Whether a member is muted in a room. Only moderators can ask the server for that. */
import { type Accessor, createMemo } from "solid-js";
import { rooms } from "../../api/rooms";
import { engine } from "../../state";
import type { RoomId, UserId } from "../../sync/types";
import { t } from "../../text";
import { load, showRefusal, showToast } from "../parts";

export interface MemberMute {
  /** False until it is known. */
  muted: Accessor<boolean>;
  /** Ask again. */
  again: () => void;
}

/** `room` is null if the user must not ask. */
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
