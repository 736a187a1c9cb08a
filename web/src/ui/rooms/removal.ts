/** Out of which rooms one was sent in this page's life, by whom and why: it is said where the room was. */
import { createSignal } from "solid-js";
import type { Millis, RoomEvent, RoomId, RoomKind, UserId } from "../../sync/types";
import { locale, t } from "../../text";

export interface Removal {
  room: RoomId;
  name: string;
  kind: RoomKind;
  banned: boolean;
  by: string;
  why: string;
  /** When a ban ends by itself; 0 for never. */
  until: Millis;
}

const [removals, setRemovals] = createSignal<readonly Removal[]>([]);

/** What an event says of oneself being sent out; null for any other event. */
export function removalOf(
  event: RoomEvent,
  me: UserId | undefined,
  room: { id: RoomId; name: string; kind: RoomKind },
): Removal | null {
  if ((event.kind !== "kicked" && event.kind !== "banned") || me === undefined || event.about?.user !== me) return null;
  return {
    room: room.id,
    name: room.name,
    kind: room.kind,
    banned: event.kind === "banned",
    by: event.name,
    why: event.text,
    until: event.about.until ?? 0,
  };
}

export function rememberRemoval(removal: Removal): void {
  setRemovals((now) => [removal, ...now.filter((each) => each.room !== removal.room)]);
}

/** Forget it: one is in again. */
export function forgetRemoval(room: RoomId): void {
  if (removals().some((each) => each.room === room)) setRemovals((now) => now.filter((each) => each.room !== room));
}

/** All of them, the last one first. */
export { removals };

/** The same, as a sentence for whom it happened to. */
export function sentOut(removal: Removal): string {
  const { notify } = t.shell;
  if (!removal.banned) return notify.sentOut(removal.by, removal.name, removal.why);
  const until =
    removal.until > 0
      ? new Intl.DateTimeFormat(locale(), { dateStyle: "medium", timeStyle: "short" }).format(removal.until)
      : "";
  return notify.banned(removal.by, removal.name, removal.why, until);
}
