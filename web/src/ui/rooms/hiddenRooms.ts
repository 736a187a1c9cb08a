/**
 * Direct rooms that the user has hidden from the list, as a direct room can not be left. Each is hidden until it has a new event.
 * Stored on this device.
 */
import type { Room, RoomId, Seq } from "../../sync/types";
import { createStoredList } from "../parts/storedList";

interface Hidden {
  room: RoomId;
  /** The newest event when it was hidden. */
  tip: Seq;
}

/** The most hidden rooms. If the user hides more, those that were hidden first are shown again. */
const MOST = 200;
const hidden = createStoredList<Hidden>("hidden", { room: "number", tip: "number" }, MOST);

/** Hide a room until it has events after its present tip. */
export function hide({ id, tip }: Pick<Room, "id" | "tip">): void {
  hidden.put({ room: id, tip }, (each) => each.room === id);
}

/** Show a room again. */
export function unhide(room: RoomId): void {
  hidden.drop((each) => each.room === room);
}

/** The rooms that are not hidden. */
export function visibleRooms<T extends Pick<Room, "id" | "kind" | "tip">>(rooms: readonly T[]): readonly T[] {
  const tips = new Map(hidden.all().map(({ room, tip }) => [room, tip]));
  return rooms.filter((room) => room.kind !== "direct" || room.tip > (tips.get(room.id) ?? -1));
}
