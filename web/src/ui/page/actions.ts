/** What can be done from everywhere, as actions: with their keys, and for the palette. */
import { onCleanup } from "solid-js";
import { install, installable } from "../../platform/install";
import { engine, useMe } from "../../state";
import { runsServer } from "../../state/permissions";
import { isUnread } from "../../state/unread";
import { t } from "../../text";
import { signOut } from "../entry/signOut";
import { tellIfRefused } from "../parts";
import { currentRoom, currentRoomId, openRoom } from "../places/currentRoom";
import { focusComposer, focusMessages } from "../places/landmarks";
import { closePanel, openPanel, route } from "../places/router";
import { inSight } from "../rooms/hiddenRooms";
import { arrange, neighbour } from "../rooms/roomOrder";
import { type Action, register, type Section, startKeys } from "../shortcuts/actions";
import { startTyping } from "../shortcuts/typeAnywhere";
import { setTheme, type Theme } from "../theme";

/** What the page as a whole does for actions. `closeDrawer` tells whether there was one. */
export interface Stage {
  togglePeople: () => void;
  closeDrawer: () => boolean;
}

function step(by: 1 | -1, unreadOnly: boolean): void {
  const order = arrange(inSight(engine.rooms()))
    .filter((each) => each.section !== "archived")
    .flatMap((each) => each.rooms);
  const next = neighbour(order, currentRoomId(), by, unreadOnly);
  if (next) openRoom(next);
}

/** Register them, and listen to keys, for as long as the owner lives. */
export function startActions(stage: Stage): void {
  const me = useMe();
  const inRoom = (): boolean => currentRoom() !== null;
  const inOpenRoom = (): boolean => currentRoom()?.kind !== "direct" && inRoom();
  const s = (): typeof t.shell.shortcuts => t.shell.shortcuts;
  const look = (theme: Theme, title: () => string) => ({
    id: `theme-${theme}`,
    title,
    section: "page" as const,
    run: () => setTheme(theme),
  });
  const markRead = (): void => {
    const room = currentRoom();
    if (room) engine.read(room.id, room.tip);
  };
  onCleanup(
    register(
      {
        id: "palette",
        title: () => s().palette,
        section: "going",
        keys: ["Mod+K"],
        whileTyping: true,
        keyOnly: true,
        run: () => openPanel("palette"),
      },
      {
        id: "next-room",
        title: () => s().nextRoom,
        section: "going",
        keys: ["Alt+ArrowDown"],
        whileTyping: true,
        keyOnly: true,
        run: () => step(1, false),
      },
      {
        id: "previous-room",
        title: () => s().previousRoom,
        section: "going",
        keys: ["Alt+ArrowUp"],
        whileTyping: true,
        keyOnly: true,
        run: () => step(-1, false),
      },
      {
        id: "next-unread",
        title: () => s().nextUnread,
        section: "going",
        keys: ["Alt+Shift+ArrowDown"],
        whileTyping: true,
        run: () => step(1, true),
        when: () => engine.rooms().some(isUnread),
      },
      {
        id: "previous-unread",
        title: () => s().previousUnread,
        section: "going",
        keys: ["Alt+Shift+ArrowUp"],
        whileTyping: true,
        keyOnly: true,
        run: () => step(-1, true),
      },
      {
        id: "focus-rooms",
        title: () => s().focusRooms,
        section: "going",
        keys: ["Alt+1"],
        whileTyping: true,
        keyOnly: true,
        run: focusRooms,
      },
      {
        id: "focus-messages",
        title: () => s().focusMessages,
        section: "going",
        keys: ["Alt+2"],
        whileTyping: true,
        keyOnly: true,
        run: focusMessages,
        when: inRoom,
      },
      {
        id: "focus-composer",
        title: () => s().focusComposer,
        section: "going",
        keys: ["Alt+3"],
        whileTyping: true,
        keyOnly: true,
        run: focusComposer,
        when: inRoom,
      },
      {
        id: "close",
        title: () => s().closes,
        section: "reading",
        keys: ["Escape"],
        keyOnly: true,
        whileTyping: true,
        run: () => {
          if (route().panel) closePanel();
          else if (stage.closeDrawer()) return;
          // Out of a field first: who gives up a search does not mean the messages.
          else if (document.activeElement instanceof HTMLInputElement) document.activeElement.blur();
          else markRead();
        },
      },
      {
        id: "mark-read",
        title: () => s().markRead,
        section: "reading",
        run: markRead,
        when: () => (currentRoom()?.unread ?? 0) > 0,
      },
      {
        id: "mark-all-read",
        title: () => s().markAllRead,
        section: "reading",
        keys: ["Shift+Escape"],
        whileTyping: true,
        run: () => {
          for (const room of engine.rooms()) if (room.joined && room.unread > 0) engine.read(room.id, room.tip);
        },
        when: () => engine.rooms().some((room) => room.unread > 0),
      },
      {
        id: "new-message",
        title: () => s().newMessage,
        section: "people",
        keys: ["Alt+N"],
        whileTyping: true,
        run: () => openPanel("new-message"),
      },
      {
        id: "browse",
        title: () => s().browseRooms,
        section: "people",
        keys: ["Alt+R"],
        whileTyping: true,
        run: () => openPanel("browse"),
      },
      { id: "create-room", title: () => s().createRoom, section: "people", run: () => openPanel("create-room") },
      {
        id: "people",
        title: () => s().togglePeople,
        section: "people",
        keys: ["Alt+P"],
        whileTyping: true,
        run: stage.togglePeople,
        when: inRoom,
      },
      { id: "invite", title: () => s().invite, section: "people", run: () => openPanel("invite"), when: inOpenRoom },
      {
        id: "favourite",
        title: () => s().favourite,
        section: "people",
        run: () => {
          const room = currentRoom();
          if (room) void tellIfRefused(engine.prefer(room.id, { favourite: !room.favourite }));
        },
        when: inRoom,
      },
      { id: "room", title: () => s().roomSettings, section: "people", run: () => openPanel("room"), when: inOpenRoom },
      {
        id: "leave-room",
        title: () => s().leaveRoom,
        section: "people",
        run: () => openPanel("leave-room"),
        when: inOpenRoom,
      },
      {
        id: "settings",
        title: () => s().settings,
        section: "page",
        keys: ["Mod+,"],
        whileTyping: true,
        run: () => openPanel("settings"),
      },
      {
        id: "admin",
        title: () => s().administration,
        section: "page",
        run: () => openPanel("admin"),
        when: () => runsServer(me()),
      },
      {
        id: "shortcuts",
        title: () => s().help,
        section: "page",
        keys: ["?", "Mod+/"],
        run: () => openPanel("shortcuts"),
      },
      look("system", () => s().themeSystem),
      look("light", () => s().themeLight),
      look("dark", () => s().themeDark),
      look("contrast", () => s().themeContrast),
      { id: "install", title: () => s().install, section: "page", run: () => void install(), when: installable },
      { id: "sign-out", title: () => s().signOut, section: "page", run: () => void signOut() },
    ),
  );
  // What the composer and the messages do themselves; listed, so that there is one list.
  const own = (id: string, section: Section, title: () => string, ...keys: string[]): Action => ({
    id,
    section,
    title,
    keys,
  });
  onCleanup(
    register(
      own("older-messages", "reading", () => s().olderMessages, "ArrowUp", "ArrowDown"),
      own("newest", "reading", () => s().newest, "End"),
      own("send", "writing", () => s().send, "Enter"),
      own("new-line", "writing", () => s().newLine, "Shift+Enter"),
      own("complete", "writing", () => s().complete, "Tab"),
      own("bold", "writing", () => s().bold, "Mod+B"),
      own("italic", "writing", () => s().italic, "Mod+I"),
      own("code", "writing", () => s().code, "Mod+E"),
      own("strike", "writing", () => s().strike, "Mod+Shift+X"),
      own("link", "writing", () => s().link, "Mod+Shift+K"),
    ),
  );
  onCleanup(startKeys());
  // After the keys: one that does something is not typed.
  onCleanup(startTyping());
}

function focusRooms(): void {
  const rooms = document.getElementById("rooms");
  (
    rooms?.querySelector<HTMLElement>('[data-row][tabindex="0"]') ??
    rooms?.querySelector<HTMLElement>("[data-row], input")
  )?.focus();
}
