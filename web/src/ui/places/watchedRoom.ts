/**
 * The room whose newest messages somebody has before their eyes: what comes there is read in a moment, and does not flash up
 * as unread in the list and the tab's title until it is.
 */
import { createEffect, createSignal, onCleanup } from "solid-js";
import type { Room, RoomId } from "../../sync/types";

const isFront = (): boolean => document.visibilityState === "visible" && document.hasFocus();

const [watched, setWatched] = createSignal<RoomId | null>(null);

/** Say that a room is watched, while this page is in front and `isAtEnd`, for as long as the owner lives. */
export function watch(room: RoomId, isAtEnd: () => boolean): void {
  const [front, setFront] = createSignal(isFront());
  const look = (): void => void setFront(isFront());
  for (const name of ["focus", "blur"] as const) window.addEventListener(name, look);
  document.addEventListener("visibilitychange", look);
  createEffect(() => setWatched((before) => (front() && isAtEnd() ? room : before === room ? null : before)));
  onCleanup(() => {
    for (const name of ["focus", "blur"] as const) window.removeEventListener(name, look);
    document.removeEventListener("visibilitychange", look);
    setWatched((before) => (before === room ? null : before));
  });
}

/** A room as it is shown to who looks at it. */
export function asSeen(room: Room): Room {
  return room.id === watched() && room.unread > 0 ? { ...room, unread: 0, mentions: 0 } : room;
}
