/** Private rooms that one has left, and may come back to: no list of the server's names them. Kept on this device. */
import type { Room, RoomId, UserId } from "../../sync/types";
import { hasFields, keptList } from "../parts/storedList";

export interface LeftRoom {
  user: UserId;
  room: RoomId;
  name: string;
}

const isLeft = (it: unknown): it is LeftRoom => hasFields(it, { user: "number", room: "number", name: "string" });

/** Nobody comes back to more. */
const MOST = 50;
const left = keptList("left", isLeft, MOST);

/** The rooms that this user has left and not come back to. */
export function leftRooms(user: UserId | undefined, rooms: readonly Room[]): readonly LeftRoom[] {
  return left.all().filter((each) => each.user === user && !rooms.some((room) => room.joined && room.id === each.room));
}

export function rememberLeft(one: LeftRoom): void {
  left.put(one, (each) => each.user === one.user && each.room === one.room);
}

/** One can't come back to it, or does not want to. */
export function forgetLeft(user: UserId | undefined, room: RoomId): void {
  left.drop((each) => each.user === user && each.room === room);
}
