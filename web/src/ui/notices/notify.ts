/** Tells people of what arrives, as they want it: the tab's title and icon, the system's notifications, a tone. */
import { createEffect, on, onCleanup, untrack } from "solid-js";
import { notify, onOpen } from "../../platform/serviceWorker";
import { engine, onArrived, useConnection, useHours, useInvitations, useRooms } from "../../state";
import { unreadTotals } from "../../state/unread";
import type { Room, RoomId } from "../../sync/types";
import { t } from "../../text";
import { tell as tellPeople } from "../parts";
import { currentRoom, currentRoomId } from "../places/currentRoom";
import { forgetRemoval, rememberRemoval, removalOf, sentOut } from "../places/removals";
import { navigate, pathOf } from "../places/router";
import { asSeen } from "../places/watchedRoom";
import { showBadge } from "./badge";
import { front, startFront } from "./frontTab";
import { permission, sound, wanted } from "./preferences";
import { tone } from "./sound";
import { worthTelling } from "./worthNotifying";

/** A notification shows so much of a message. */
const EXCERPT = 160;

/** Milliseconds after the connection was made in which the server says what waits. */
const SETTLED = 2_000;

/** What a message says, without what is only there to mark it up. Fenced code and spoilers are not for a lock screen. */
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

/** Begin to tell, for as long as the owner lives. */
export function startNotices(): void {
  const rooms = useRooms();
  const hours = useHours();

  createEffect(() => {
    const room = currentRoom();
    const title = room ? `${room.kind === "direct" ? "" : "#"}${room.name} – ${t.shell.appName}` : t.shell.appName;
    showBadge(title, unreadTotals(rooms().map(asSeen)));
  });

  onCleanup(onOpen((path) => navigate(path)));

  // Those that were there when one came stand in the list; what comes later is told.
  const connection = useConnection();
  let since = Number.POSITIVE_INFINITY;
  createEffect(() => {
    since = connection().state === "online" ? Date.now() : Number.POSITIVE_INFINITY;
  });
  const invitations = useInvitations();
  createEffect(
    on(invitations, (now, before) => {
      for (const invited of now)
        if (Date.now() - since > SETTLED && before !== undefined && !before.some((each) => each.room === invited.room))
          tellPeople(t.shell.notify.invited(invited.by, invited.name));
    }),
  );

  // The room may be gone by the time that its last event is told of.
  const known = new Map<RoomId, Room>();
  let joined: ReadonlySet<RoomId> = new Set();
  createEffect(() => {
    const now = new Set<RoomId>();
    for (const room of rooms()) {
      known.set(room.id, room);
      if (!room.joined) continue;
      now.add(room.id);
      // Only who comes in anew: one is told of being sent out before the room goes.
      if (!joined.has(room.id)) untrack(() => forgetRemoval(engine.me()?.id, room.id));
    }
    joined = now;
  });

  onCleanup(startFront(currentRoomId));
  onArrived(({ room: id, event, mine, mentioned }) => {
    const room = engine.room(id);
    const removal = removalOf(event, engine.me()?.id, room ?? known.get(id) ?? { id, name: "", kind: "private" });
    if (removal) {
      rememberRemoval(removal);
      tellPeople(sentOut(removal), true);
    }
    if (!room) return;
    const clock = new Date();
    const tell = worthTelling({
      kind: event.kind,
      mine,
      mentioned,
      level: room.level,
      roomKind: room.kind,
      hours: hours(),
      minute: clock.getHours() * 60 + clock.getMinutes(),
      watched: front()?.room === id,
    });
    if (!tell) return;
    if (sound()) void tone();
    // In front, the list of rooms says it; the system's notifications are for when nobody looks.
    if (!wanted() || permission() !== "granted" || front()) return;
    const title = room.kind === "direct" ? event.name : t.shell.notify.inRoom(event.name, room.name);
    const text = excerpt(event.text);
    void notify(title, {
      body: event.kind === "action" ? `${event.name} ${text}` : text,
      tag: `room-${id}`,
      path: pathOf(room, event.seq),
    }).catch(() => undefined);
  });
}
