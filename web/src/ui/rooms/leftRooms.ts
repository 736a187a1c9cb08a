/** Private rooms that the user has left and may join again. The server does not list them. Kept on this device. */
import type { Room, RoomId, UserId } from "../../sync/types";
import { createStoredList } from "../parts/storedList";

export interface LeftRoom {
  user: UserId;
  room: RoomId;
  name: string;
}

const MOST = 50;
const left = createStoredList<LeftRoom>("left", { user: "number", room: "number", name: "string" }, MOST);

/** The rooms that a user has left and not joined again. */
export function leftRooms(user: UserId | undefined, rooms: readonly Room[]): readonly LeftRoom[] {
  return left.all().filter((each) => each.user === user && !rooms.some((room) => room.joined && room.id === each.room));
}

export function rememberLeft(one: LeftRoom): void {
  left.put(one, (each) => each.user === one.user && each.room === one.room);
}

/** Forget a room: the user can not join it again. */
export function forgetLeft(user: UserId | undefined, room: RoomId): void {
  left.drop((each) => each.user === user && each.room === room);
}
