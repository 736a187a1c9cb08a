/** Private rooms that one has left, and may come back to: no list of the server's names them. Kept on this device. */
import { createSignal } from "solid-js";
import { keep as keepUnder, kept, mine } from "../../kept";
import type { Room, RoomId, UserId } from "../../sync/types";

export interface LeftRoom {
  user: UserId;
  room: RoomId;
  name: string;
}

const KEPT = mine("left");
/** The oldest are forgotten: nobody comes back to all of them. */
const MOST = 50;

/** What is kept, as far as it can be understood. */
export function readLeft(text: string | null): readonly LeftRoom[] {
  try {
    const found: unknown = JSON.parse(text ?? "[]");
    return Array.isArray(found) ? found.filter(isLeft) : [];
  } catch {
    return [];
  }
}

function isLeft(it: unknown): it is LeftRoom {
  const one = it as Partial<LeftRoom> | null;
  return typeof one?.user === "number" && typeof one.room === "number" && typeof one.name === "string";
}

const [left, setLeft] = createSignal(readLeft(kept(KEPT)));

function keep(next: readonly LeftRoom[]): void {
  keepUnder(KEPT, JSON.stringify(next));
  setLeft(next);
}

/** The rooms that this user has left and not come back to. */
export function leftRooms(user: UserId | undefined, rooms: readonly Room[]): readonly LeftRoom[] {
  return left().filter((each) => each.user === user && !rooms.some((room) => room.joined && room.id === each.room));
}

export function rememberLeft(one: LeftRoom): void {
  keep([one, ...left().filter((each) => each.user !== one.user || each.room !== one.room)].slice(0, MOST));
}

/** One can't come back to it, or does not want to. */
export function forgetLeft(user: UserId | undefined, room: RoomId): void {
  if (left().some((each) => each.user === user && each.room === room))
    keep(left().filter((each) => each.user !== user || each.room !== room));
}
