/**
 * Conversations that one does not want in the list: nobody leaves a direct room, so it is put out of sight until something is
 * said there again. Kept on this device.
 */
import type { Room, RoomId, Seq } from "../../sync/types";
import { hasFields, keptList } from "../parts/storedList";

interface Hidden {
  room: RoomId;
  /** The newest event when it was hidden. */
  tip: Seq;
}

const isHidden = (it: unknown): it is Hidden => hasFields(it, { room: "number", tip: "number" });

/** The oldest come back into sight. */
const MOST = 200;
const hidden = keptList("hidden", isHidden, MOST);

/** Put a conversation out of sight, as it is now. */
export function hide({ id, tip }: Pick<Room, "id" | "tip">): void {
  hidden.put({ room: id, tip }, (each) => each.room === id);
}

/** It is to be seen again. */
export function unhide(room: RoomId): void {
  hidden.drop((each) => each.room === room);
}

/** Those that are in sight. */
export function inSight<T extends Pick<Room, "id" | "kind" | "tip">>(rooms: readonly T[]): readonly T[] {
  const tips = new Map(hidden.all().map(({ room, tip }) => [room, tip]));
  return rooms.filter((room) => room.kind !== "direct" || room.tip > (tips.get(room.id) ?? -1));
}
