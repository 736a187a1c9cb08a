/** The menu of a room, in its header and in the list of rooms. */
import { type Accessor, createMemo } from "solid-js";
import { engine } from "../../state";
import { useMay } from "../../state/ownPermissions";
import type { Level, Member, Room } from "../../sync/types";
import { t } from "../../text";
import { copyAndTell, type MenuItem, showRefusal, showToast } from "../parts";
import { currentRoomId, openRoom } from "../places/currentRoom";
import { useOthers } from "../places/roomTitle";
import { navigate, openPanel, pathOf } from "../places/router";
import { hide } from "./hiddenRooms";

/** The menu items for the levels of notification (all, mentions, nothing). */
export function levelItems(room: Room): readonly MenuItem[] {
  const level = (wanted: Level, label: string): MenuItem => ({
    label,
    checked: room.level === wanted,
    run: () => void showRefusal(engine.prefer(room.id, { level: wanted })),
  });
  const { header } = t.shell;
  return [
    level("all", header.levelAll),
    level("mentions", header.levelMentions),
    level("nothing", header.levelNothing),
  ];
}

/** The other person in a direct room of two; undefined for other rooms. */
export function useOnlyOther(room: Accessor<Room | undefined>): Accessor<Member | undefined> {
  const others = useOthers(room);
  return createMemo(() => (room()?.kind === "direct" && room()?.members === 2 ? others()[0] : undefined));
}

/**
 * The items of the menu; none if there is no room. `favourite` and `levels`: whether to include the items for favourites and for
 * levels, for which the header has buttons. `people` returns an item that shows or hides the list of people.
 */
export function useRoomItems(
  room: Accessor<Room | undefined>,
  options: { favourite: () => boolean; levels: boolean; people?: () => MenuItem },
): Accessor<readonly MenuItem[]> {
  const may = useMay(() => room()?.id ?? null);
  const other = useOnlyOther(room);
  const itemsOf = (now: Room): readonly MenuItem[] => {
    const { header, rooms } = t.shell;
    const direct = now.kind === "direct";
    const list: MenuItem[] = [];
    if (now.unread > 0) list.push({ label: header.markRead, icon: "check", run: () => engine.read(now.id, now.tip) });
    if (options.favourite())
      list.push({
        label: now.favourite ? header.unfavourite : header.favourite,
        icon: "star",
        run: () => void showRefusal(engine.prefer(now.id, { favourite: !now.favourite })),
      });
    if (options.favourite())
      list.push({ label: t.timeline.pins, icon: "pin", run: () => openPanel("pins", String(now.id)) });
    const someone = other();
    if (someone)
      list.push({
        label: t.shell.people.card(someone.display || someone.name),
        icon: "person",
        run: () => openPanel("person", String(someone.id)),
      });
    else if (direct && options.people) list.push(options.people());
    if (direct)
      list.push({ label: rooms.addPeople, icon: "invite", run: () => openPanel("new-message", String(now.id)) });
    if (may("invite") && !now.archived)
      list.push({ label: header.invite, icon: "invite", run: () => openPanel("invite", String(now.id)) });
    list.push({
      label: direct ? header.copyDirectLink : header.copyLink,
      icon: "link",
      run: () => {
        void copyAndTell(location.origin + pathOf(now), t.shell.linkCopied);
      },
    });
    if (!direct)
      list.push({
        label: header.settings,
        icon: "gear",
        run: () => {
          if (currentRoomId() !== now.id) openRoom(now);
          openPanel("room");
        },
      });
    if (options.levels) {
      const [first, ...more] = levelItems(now);
      if (first) list.push({ ...first, heading: header.level }, ...more);
    }
    if (direct) {
      list.push({
        label: rooms.hide,
        icon: "out",
        apart: true,
        run: () => {
          hide(now);
          if (currentRoomId() === now.id) navigate("/");
          showToast(rooms.hidden);
        },
      });
      return list;
    }
    if (may("archive")) {
      list.push(
        now.archived
          ? {
              label: header.reopen,
              icon: "box",
              apart: true,
              run: () => void showRefusal(engine.moderate(now.id, { action: "archive", undo: true })),
            }
          : {
              label: `${header.archive} …`,
              icon: "box",
              apart: true,
              run: () => openPanel("archive-room", String(now.id)),
            },
      );
    }
    list.push({
      label: header.leave,
      icon: "out",
      danger: true,
      apart: !may("archive"),
      run: () => openPanel("leave-room", String(now.id)),
    });
    return list;
  };
  return createMemo(() => {
    const now = room();
    return now?.joined ? itemsOf(now) : [];
  });
}
