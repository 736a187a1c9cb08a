/**
 * The watched room: the one whose newest messages the user is looking at. A message that arrives there is marked as read a moment
 * later. Until then the list of rooms and the page's title must not show it as unread.
 */
import { createEffect, createSignal, onCleanup } from "solid-js";
import type { Room, RoomId } from "../../sync/types";

const isFront = (): boolean => document.visibilityState === "visible" && document.hasFocus();

const [watched, setWatched] = createSignal<RoomId | null>(null);

/** Make a room the watched one whenever the page is in front and `isAtEnd` returns true. Ends with the calling component. */
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

/** The room as lists show it: without unread messages if it is the watched one. */
export function asSeen(room: Room): Room {
  return room.id === watched() && room.unread > 0 ? { ...room, unread: 0, mentions: 0 } : room;
}
