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

const words = (): typeof t.shell.shortcuts => t.shell.shortcuts;
const inRoom = (): boolean => currentRoom() !== null;
/** Whether a room is open that is not a direct room. */
const inNamedRoom = (): boolean => currentRoom()?.kind !== "direct" && inRoom();

function markRead(): void {
  const room = currentRoom();
  if (room) engine.read(room.id, room.tip);
}

function navigationActions(): readonly Action[] {
  return [
    {
      id: "palette",
      title: () => words().palette,
      section: "going",
      keys: ["Mod+K"],
      whileTyping: true,
      keyOnly: true,
      run: () => openPanel("palette"),
    },
    {
      id: "next-room",
      title: () => words().nextRoom,
      section: "going",
      keys: ["Alt+ArrowDown"],
      whileTyping: true,
      keyOnly: true,
      run: () => step(1, false),
    },
    {
      id: "previous-room",
      title: () => words().previousRoom,
      section: "going",
      keys: ["Alt+ArrowUp"],
      whileTyping: true,
      keyOnly: true,
      run: () => step(-1, false),
    },
    {
      id: "next-unread",
      title: () => words().nextUnread,
      section: "going",
      keys: ["Alt+Shift+ArrowDown"],
      whileTyping: true,
      run: () => step(1, true),
      when: () => engine.rooms().some(isUnread),
    },
    {
      id: "previous-unread",
      title: () => words().previousUnread,
      section: "going",
      keys: ["Alt+Shift+ArrowUp"],
      whileTyping: true,
      keyOnly: true,
      run: () => step(-1, true),
    },
    {
      id: "focus-rooms",
      title: () => words().focusRooms,
      section: "going",
      keys: ["Alt+1"],
      whileTyping: true,
      keyOnly: true,
      run: focusRooms,
    },
    {
      id: "focus-messages",
      title: () => words().focusMessages,
      section: "going",
      keys: ["Alt+2"],
      whileTyping: true,
      keyOnly: true,
      run: focusMessages,
      when: inRoom,
    },
    {
      id: "focus-composer",
      title: () => words().focusComposer,
      section: "going",
      keys: ["Alt+3"],
      whileTyping: true,
      keyOnly: true,
      run: focusComposer,
      when: inRoom,
    },
  ];
}

function readingActions(stage: Stage): readonly Action[] {
  return [
    {
      id: "close",
      title: () => words().closes,
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
      title: () => words().markRead,
      section: "reading",
      run: markRead,
      when: () => (currentRoom()?.unread ?? 0) > 0,
    },
    {
      id: "mark-all-read",
      title: () => words().markAllRead,
      section: "reading",
      keys: ["Shift+Escape"],
      whileTyping: true,
      run: () => {
        for (const room of engine.rooms()) if (room.joined && room.unread > 0) engine.read(room.id, room.tip);
      },
      when: () => engine.rooms().some((room) => room.unread > 0),
    },
  ];
}

function roomActions(stage: Stage): readonly Action[] {
  return [
    {
      id: "new-message",
      title: () => words().newMessage,
      section: "people",
      keys: ["Alt+N"],
      whileTyping: true,
      run: () => openPanel("new-message"),
    },
    {
      id: "browse",
      title: () => words().browseRooms,
      section: "people",
      keys: ["Alt+R"],
      whileTyping: true,
      run: () => openPanel("browse"),
    },
    { id: "create-room", title: () => words().createRoom, section: "people", run: () => openPanel("create-room") },
    {
      id: "people",
      title: () => words().togglePeople,
      section: "people",
      keys: ["Alt+P"],
      whileTyping: true,
      run: stage.togglePeople,
      when: inRoom,
    },
    { id: "invite", title: () => words().invite, section: "people", run: () => openPanel("invite"), when: inNamedRoom },
    {
      id: "favourite",
      title: () => words().favourite,
      section: "people",
      run: () => {
        const room = currentRoom();
        if (room) void tellIfRefused(engine.prefer(room.id, { favourite: !room.favourite }));
      },
      when: inRoom,
    },
    {
      id: "room",
      title: () => words().roomSettings,
      section: "people",
      run: () => openPanel("room"),
      when: inNamedRoom,
    },
    {
      id: "leave-room",
      title: () => words().leaveRoom,
      section: "people",
      run: () => openPanel("leave-room"),
      when: inNamedRoom,
    },
  ];
}

function pageActions(): readonly Action[] {
  const me = useMe();
  const look = (theme: Theme, title: () => string): Action => ({
    id: `theme-${theme}`,
    title,
    section: "page",
    run: () => setTheme(theme),
  });
  return [
    {
      id: "settings",
      title: () => words().settings,
      section: "page",
      keys: ["Mod+,"],
      whileTyping: true,
      run: () => openPanel("settings"),
    },
    {
      id: "admin",
      title: () => words().administration,
      section: "page",
      run: () => openPanel("admin"),
      when: () => runsServer(me()),
    },
    {
      id: "shortcuts",
      title: () => words().help,
      section: "page",
      keys: ["?", "Mod+/"],
      run: () => openPanel("shortcuts"),
    },
    look("system", () => words().themeSystem),
    look("light", () => words().themeLight),
    look("dark", () => words().themeDark),
    look("contrast", () => words().themeContrast),
    { id: "install", title: () => words().install, section: "page", run: () => void install(), when: installable },
    { id: "sign-out", title: () => words().signOut, section: "page", run: () => void signOut() },
  ];
}

/** Keys that the composer and the message list handle themselves: here they are only listed. */
function handledElsewhere(): readonly Action[] {
  const own = (id: string, section: Section, title: () => string, ...keys: string[]): Action => ({
    id,
    section,
    title,
    keys,
  });
  return [
    own("older-messages", "reading", () => words().olderMessages, "ArrowUp", "ArrowDown"),
    own("newest", "reading", () => words().newest, "End"),
    own("send", "writing", () => words().send, "Enter"),
    own("new-line", "writing", () => words().newLine, "Shift+Enter"),
    own("complete", "writing", () => words().complete, "Tab"),
    own("bold", "writing", () => words().bold, "Mod+B"),
    own("italic", "writing", () => words().italic, "Mod+I"),
    own("code", "writing", () => words().code, "Mod+E"),
    own("strike", "writing", () => words().strike, "Mod+Shift+X"),
    own("link", "writing", () => words().link, "Mod+Shift+K"),
  ];
}

/** Register the actions, and handle their keys, for as long as the owner lives. */
export function startActions(stage: Stage): void {
  onCleanup(
    register(
      ...navigationActions(),
      ...readingActions(stage),
      ...roomActions(stage),
      ...pageActions(),
      ...handledElsewhere(),
    ),
  );
  onCleanup(startKeys());
  // After the keys of actions: a key that runs an action is not typed.
  onCleanup(startTyping());
}

function focusRooms(): void {
  const rooms = document.getElementById("rooms");
  (
    rooms?.querySelector<HTMLElement>('[data-row][tabindex="0"]') ??
    rooms?.querySelector<HTMLElement>("[data-row], input")
  )?.focus();
}
