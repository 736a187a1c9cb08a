import { type JSX, Show } from "solid-js";
import { engine, useMe, useMembers, useRoom, useRooms } from "../../../state";
import { isOnlyOwner } from "../../../state/permissions";
import type { Room, RoomId } from "../../../sync/types";
import { t } from "../../../text";
import { panels } from "../../../text/panels";
import { Confirm } from "../../parts/Confirm";
import { currentRoomId, openRoom } from "../../places/currentRoom";
import { closePanel, navigate } from "../../places/router";
import { rememberLeft } from "../leftRooms";

export function LeaveRoom(props: { room: RoomId | null }): JSX.Element {
  const room = useRoom(() => props.room);
  const rooms = useRooms();
  const me = useMe();
  const members = useMembers(() => props.room);
  const text = (now: Room): string => {
    const plain = now.kind === "private" ? panels.header.leavePrivateText : panels.header.leaveText;
    return isOnlyOwner(members() ?? [], me()?.id) ? `${panels.header.leaveOwnerText} ${plain}` : plain;
  };
  return (
    <Show when={room()}>
      {(now) => (
        <Confirm
          title={panels.header.leaveTitle(now().name)}
          text={text(now())}
          doIt={t.shell.header.leave}
          onClose={closePanel}
          run={async () => {
            const { id, kind, name } = now();
            const isOpen = id === currentRoomId();
            const answer = await engine.leave(id);
            const user = me()?.id;
            if (answer.ok && kind === "private" && user !== undefined) rememberLeft({ user, room: id, name });
            if (answer.ok && isOpen) {
              const next = rooms().find((each) => each.joined && each.id !== id);
              if (next) openRoom(next);
              else navigate("/");
            }
            return answer;
          }}
        />
      )}
    </Show>
  );
}
