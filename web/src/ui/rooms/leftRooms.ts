/** Private rooms that the user has left and can join again. The server does not list these, so they are stored on this device. */
import type { Problem, Room, RoomId, UserId } from "../../sync/types";
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

/**
 * An attempt to join a room again has failed. Remove the room from the list if the server denies that it exists:
 * then only a new invitation lets them in. After any other problem (no connection, a ban, a limit) a later attempt may succeed.
 */
export function joinFailed(user: UserId | undefined, room: RoomId, problem: Problem): void {
  if (problem.code === "room_unknown") left.drop((each) => each.user === user && each.room === room);
}
