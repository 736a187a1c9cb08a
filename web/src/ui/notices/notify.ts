/** Tells the user of arriving messages: by the page's title and icon, by notifications of the system, and by a sound. */
import { createEffect, on, onCleanup, untrack } from "solid-js";
import { notify, onOpen, takeBack } from "../../platform/serviceWorker";
import { engine, onArrived, useConnection, useHours, useInvitations, useRooms } from "../../state";
import { unreadTotals } from "../../state/unread";
import type { Room, RoomId } from "../../sync/types";
import { t } from "../../text";
import { showToast } from "../parts";
import { currentRoom, currentRoomId } from "../places/currentRoom";
import { forgetRemoval, rememberRemoval, removalOf, removalSentence } from "../places/removals";
import { navigate, pathOf } from "../places/router";
import { asSeen } from "../places/watchedRoom";
import { showBadge } from "./badge";
import { front, trackFrontTab } from "./frontTab";
import { notificationsWanted, permission, soundWanted } from "./preferences";
import { playSound } from "./sound";
import { isWorthNotifying } from "./worthNotifying";

/** The most characters of a message in a notification. */
const EXCERPT = 160;

/** Invitations that arrive within this many milliseconds after connecting are older ones, which the server sends at that time. */
const SETTLED = 2_000;

/** The text of a message without markup. Code blocks and spoilers are left out, as notifications appear on lock screens. */
export function excerpt(text: string): string {
  const plain = text
    .replace(/```[\s\S]*?(```|$)/g, " … ")
    .replace(/\|\|[\s\S]+?\|\|/g, "…")
    .replace(/[*_~`]{1,3}/g, "")
    .replace(/^\s*>\s?/gm, "")
    .replace(/\s+/g, " ")
    .trim();
  return plain.length > EXCERPT ? `${plain.slice(0, EXCERPT).replace(/[\ud800-\udbff]$/, "")}…` : plain;
}

/** Notify the user of messages and invitations, until the calling component is removed. */
export function startNotifications(): void {
  const rooms = useRooms();
  const hours = useHours();

  createEffect(() => {
    const room = currentRoom();
    const title = room ? `${room.kind === "direct" ? "" : "#"}${room.name} – ${t.shell.appName}` : t.shell.appName;
    showBadge(title, unreadTotals(rooms().map(asSeen)));
  });

  onCleanup(onOpen((path) => navigate(path)));

  // Only invitations that arrive later get a toast. The list of rooms shows all.
  const connection = useConnection();
  let since = Number.POSITIVE_INFINITY;
  createEffect(() => {
    since = connection().state === "online" ? performance.now() : Number.POSITIVE_INFINITY;
  });
  const invitations = useInvitations();
  createEffect(
    on(invitations, (now, before) => {
      for (const invited of now)
        if (
          performance.now() - since > SETTLED &&
          before !== undefined &&
          !before.some((each) => each.room === invited.room)
        )
          showToast(t.shell.notify.invited(invited.by, invited.name));
    }),
  );

  // Remember the rooms: when the event of a removal arrives, the engine may have dropped its room.
  const known = new Map<RoomId, Room>();
  let joined: ReadonlySet<RoomId> = new Set();
  createEffect(() => {
    const now = new Set<RoomId>();
    for (const room of rooms()) {
      known.set(room.id, room);
      if (!room.joined) continue;
      now.add(room.id);
      // Only if the room was not joined before: when the event of a removal arrives, the room is still in the list as joined.
      if (!joined.has(room.id)) untrack(() => forgetRemoval(engine.me()?.id, room.id));
    }
    joined = now;
  });

  onCleanup(trackFrontTab(currentRoomId));
  onArrived(({ room: id, event, mine, mentioned }) => {
    const room = engine.room(id);
    const removal = removalOf(event, engine.me()?.id, room ?? known.get(id) ?? { id, name: "", kind: "private" });
    if (removal) {
      rememberRemoval(removal);
      showToast(removalSentence(removal), true);
    }
    if (!room || event.now?.erased !== undefined) return;
    if (event.kind === "erased") void takeBack(`room-${id}`, pathOf(room, event.target ?? null)).catch(() => undefined);
    const clock = new Date();
    const isWorth = isWorthNotifying({
      kind: event.kind,
      mine,
      mentioned,
      level: room.level,
      roomKind: room.kind,
      hours: hours(),
      minute: clock.getHours() * 60 + clock.getMinutes(),
      watched: front()?.room === id,
    });
    if (!isWorth) return;
    if (soundWanted()) void playSound();
    // If a tab of the page is in front, the user sees there that the room has a new message.
    if (!notificationsWanted() || permission() !== "granted" || front()) return;
    const title = room.kind === "direct" ? event.name : t.shell.notify.inRoom(event.name, room.name);
    const text = excerpt(event.text);
    void notify(title, {
      body: event.kind === "action" ? `${event.name} ${text}` : text,
      tag: `room-${id}`,
      path: pathOf(room, event.kind === "edited" ? (event.target ?? event.seq) : event.seq),
    }).catch(() => undefined);
  });
}
