/** The context menu of a person in the list of a room. */
import { type Accessor, createMemo } from "solid-js";
import { useMe, useMembers, useRoom } from "../../state";
import { useMyself } from "../../state/ownPermissions";
import { mayTo } from "../../state/permissions";
import type { RoomId, UserId } from "../../sync/types";
import { t } from "../../text";
import { insertText } from "../composer/insertion";
import type { MenuItem } from "../parts";
import { openDirectWith } from "../places/currentRoom";
import { openPanel } from "../places/router";
import { unmute, useMemberMute } from "./memberMute";

/** The items of the menu; none if the person has left. */
export function usePersonItems(room: Accessor<RoomId>, user: UserId): Accessor<readonly MenuItem[]> {
  const me = useMe();
  const about = useRoom(room);
  const members = useMembers(room);
  const myself = useMyself(room);
  const keepsOrder = createMemo(() => {
    const member = members()?.find((each) => each.id === user);
    const kind = about()?.kind;
    return member !== undefined && kind !== undefined && mayTo("mute", me(), myself()?.role, kind, member);
  });
  const { muted } = useMemberMute(() => (keepsOrder() ? room() : null), user);
  return createMemo((): readonly MenuItem[] => {
    const member = members()?.find((each) => each.id === user);
    const kind = about()?.kind;
    if (!member || !kind) return [];
    const { people } = t.shell;
    if (user === me()?.id)
      return [{ label: people.profile, icon: "edit", run: () => openPanel("settings", "profile") }];
    const list: MenuItem[] = [
      {
        label: people.card(member.display || member.name),
        icon: "person",
        run: () => openPanel("person", String(user)),
      },
      { label: people.message, icon: "message", run: () => void openDirectWith(member.name) },
      { label: people.mention, icon: "at", run: () => insertText(room(), `@${member.name} `) },
    ];
    if (mayTo("kick", me(), myself()?.role, kind, member))
      list.push(
        muted()
          ? { label: people.unmute, icon: "bell", apart: true, run: () => void unmute(room(), member.name) }
          : { label: people.mute, icon: "bellOff", apart: true, run: () => openPanel("person", String(user), "mute") },
        { label: people.kick, icon: "out", danger: true, run: () => openPanel("person", String(user), "kick") },
        { label: people.ban, icon: "lock", danger: true, run: () => openPanel("person", String(user), "ban") },
      );
    return list;
  });
}
