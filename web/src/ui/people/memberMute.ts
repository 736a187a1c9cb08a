/** Whether somebody is muted in a room: the server tells those who keep order there, when they ask. */
import { type Accessor, createMemo } from "solid-js";
import { rooms } from "../../api/rooms";
import { engine } from "../../state";
import type { RoomId, UserId } from "../../sync/types";
import { t } from "../../text";
import { load, tell, tellIfRefused } from "../parts";

export interface MemberMute {
  /** False as long as it is not known. */
  muted: Accessor<boolean>;
  /** Ask once more. */
  again: () => void;
}

/** `room`: null where one may not know. */
export function useMemberMute(room: Accessor<RoomId | null>, user: UserId): MemberMute {
  const asked = createMemo(() => {
    const id = room();
    return id === null ? null : load(() => rooms.mutes(id));
  });
  return {
    muted: () =>
      asked()
        ?.value()
        ?.some((each) => each.user === user) ?? false,
    again: () => void asked()?.again(),
  };
}

/** Let somebody write again; what the server says against it is told. */
export async function unmute(room: RoomId, name: string): Promise<void> {
  const answer = engine.moderate(room, { action: "mute", whom: name, undo: true });
  if ((await answer).ok) tell(t.shell.people.done);
  else await tellIfRefused(answer);
}
