/** The actions of the page: the user runs them by keys or from the palette, wherever the focus is. */
import { onCleanup } from "solid-js";
import { install, installable } from "../../platform/install";
import { engine, useMe } from "../../state";
import { runsServer } from "../../state/permissions";
import { isUnread } from "../../state/unread";
import { t } from "../../text";
import { signOut } from "../entry/signOut";
import { showRefusal } from "../parts";
import { currentRoom, currentRoomId, openRoom } from "../places/currentRoom";
import { focusComposer, focusMessages } from "../places/landmarks";
import { closePanel, openPanel, route } from "../places/router";
import { visibleRooms } from "../rooms/hiddenRooms";
import { arrange, neighbour } from "../rooms/roomOrder";
import { type Action, register, type Section, startKeys } from "../shortcuts/actions";
import { startTyping } from "../shortcuts/typeAnywhere";
import { setTheme, type Theme } from "../theme";

/** The functions of the page that actions call. `closeDrawer` returns whether the drawer was open. */
export interface PageControls {
  togglePeople: () => void;
  closeDrawer: () => boolean;
}

function step(by: 1 | -1, unreadOnly: boolean): void {
  const order = arrange(visibleRooms(engine.rooms()))
    .filter((each) => each.section !== "archived")
    .flatMap((each) => each.rooms);
  const next = neighbour(order, currentRoomId(), by, unreadOnly);
  if (next) openRoom(next);
}

const inRoom = (): boolean => currentRoom() !== null;
/** Whether the open room is one with a name, not a direct room. */
const inNamedRoom = (): boolean => inRoom() && currentRoom()?.kind !== "direct";

function markRead(): void {
  const room = currentRoom();
  if (room) engine.read(room.id, room.tip);
}

function markAllRead(): void {
  for (const room of engine.rooms()) if (room.joined && room.unread > 0) engine.read(room.id, room.tip);
}

function toggleFavourite(): void {
  const room = currentRoom();
  if (room) void showRefusal(engine.prefer(room.id, { favourite: !room.favourite }));
}

/** The action of Escape: close the panel or the drawer, or leave a search field; if there is none, mark the room as read. */
function close(page: PageControls): void {
  if (route().panel) closePanel();
  else if (page.closeDrawer()) return;
  else if (document.activeElement instanceof HTMLInputElement) document.activeElement.blur();
  else markRead();
}

/** Make an action. `title` is the key of its text in the catalogue. */
function action(
  id: string,
  section: Section,
  title: keyof typeof t.shell.shortcuts,
  run: (() => void) | undefined,
  more: Partial<Action> = {},
): Action {
  return { id, section, title: () => t.shell.shortcuts[title], ...(run ? { run } : {}), ...more };
}

/** Key combinations that run the action also while the user is typing, as they write no text. */
const keys = (...combinations: string[]): Partial<Action> => ({ keys: combinations, whileTyping: true });

function actionsOf(page: PageControls): readonly Action[] {
  const me = useMe();
  const open = (panel: string) => (): void => openPanel(panel);
  const isUnreadAnywhere = (): boolean => engine.rooms().some(isUnread);
  const hasUnread = (): boolean => engine.rooms().some((room) => room.unread > 0);
  const look = (theme: Theme, title: keyof typeof t.shell.shortcuts): Action =>
    action(`theme-${theme}`, "page", title, () => setTheme(theme));
  return [
    action("palette", "going", "palette", open("palette"), { ...keys("Mod+K"), keyOnly: true }),
    action("next-room", "going", "nextRoom", () => step(1, false), { ...keys("Alt+ArrowDown"), keyOnly: true }),
    action("previous-room", "going", "previousRoom", () => step(-1, false), { ...keys("Alt+ArrowUp"), keyOnly: true }),
    action("next-unread", "going", "nextUnread", () => step(1, true), {
      ...keys("Alt+Shift+ArrowDown"),
      when: isUnreadAnywhere,
    }),
    action("previous-unread", "going", "previousUnread", () => step(-1, true), {
      ...keys("Alt+Shift+ArrowUp"),
      keyOnly: true,
    }),
    action("focus-rooms", "going", "focusRooms", focusRooms, { ...keys("Alt+1"), keyOnly: true }),
    action("focus-messages", "going", "focusMessages", focusMessages, {
      ...keys("Alt+2"),
      keyOnly: true,
      when: inRoom,
    }),
    action("focus-composer", "going", "focusComposer", focusComposer, {
      ...keys("Alt+3"),
      keyOnly: true,
      when: inRoom,
    }),
    action("close", "reading", "closes", () => close(page), { ...keys("Escape"), keyOnly: true }),
    action("mark-read", "reading", "markRead", markRead, { when: () => (currentRoom()?.unread ?? 0) > 0 }),
    action("mark-all-read", "reading", "markAllRead", markAllRead, { ...keys("Shift+Escape"), when: hasUnread }),
    action("new-message", "people", "newMessage", open("new-message"), keys("Alt+N")),
    action("browse", "people", "browseRooms", open("browse"), keys("Alt+R")),
    action("create-room", "people", "createRoom", open("create-room")),
    action("people", "people", "togglePeople", page.togglePeople, { ...keys("Alt+P"), when: inRoom }),
    action("invite", "people", "invite", open("invite"), { when: inNamedRoom }),
    action("favourite", "people", "favourite", toggleFavourite, { when: inRoom }),
    action("room", "people", "roomSettings", open("room"), { when: inNamedRoom }),
    action("leave-room", "people", "leaveRoom", open("leave-room"), { when: inNamedRoom }),
    action("settings", "page", "settings", open("settings"), keys("Mod+,")),
    action("admin", "page", "administration", open("admin"), { when: () => runsServer(me()) }),
    action("shortcuts", "page", "help", open("shortcuts"), { keys: ["?", "Mod+/"] }),
    look("system", "themeSystem"),
    look("light", "themeLight"),
    look("dark", "themeDark"),
    look("contrast", "themeContrast"),
    action("install", "page", "install", () => void install(), { when: installable }),
    action("sign-out", "page", "signOut", () => void signOut()),
  ];
}

/** Actions whose keys the composer and the message list handle themselves. They are registered only for the list of shortcuts. */
function handledElsewhere(): readonly Action[] {
  const listed = (
    id: string,
    section: Section,
    title: keyof typeof t.shell.shortcuts,
    ...combinations: string[]
  ): Action => action(id, section, title, undefined, { keys: combinations });
  return [
    listed("older-messages", "reading", "olderMessages", "ArrowUp", "ArrowDown"),
    listed("newest", "reading", "newest", "End"),
    listed("send", "writing", "send", "Enter"),
    listed("new-line", "writing", "newLine", "Shift+Enter"),
    listed("edit-last", "writing", "editLast", "ArrowUp"),
    listed("complete", "writing", "complete", "Tab"),
    listed("bold", "writing", "bold", "Mod+B"),
    listed("italic", "writing", "italic", "Mod+I"),
    listed("code", "writing", "code", "Mod+E"),
    listed("strike", "writing", "strike", "Mod+Shift+X"),
    listed("link", "writing", "link", "Mod+Shift+K"),
  ];
}

/** Register the actions, and handle their keys, until the calling component is removed. */
export function startActions(page: PageControls): void {
  onCleanup(register(...actionsOf(page), ...handledElsewhere()));
  onCleanup(startKeys());
  // After `startKeys`, so that a key that runs an action is not typed into the composer.
  onCleanup(startTyping());
}

function focusRooms(): void {
  const rooms = document.getElementById("rooms");
  (
    rooms?.querySelector<HTMLElement>('[data-row][tabindex="0"]') ??
    rooms?.querySelector<HTMLElement>("[data-row], input")
  )?.focus();
}
