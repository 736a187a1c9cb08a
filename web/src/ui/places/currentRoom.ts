/** Which room is open, by the address. */
import { type Accessor, createEffect, createMemo, createRoot } from "solid-js";
import { personalKey, readStored, writeStored } from "../../platform/storage";
import { engine, useRooms } from "../../state";
import type { Room, RoomId, Seq } from "../../sync/types";
import { focusComposer } from "./landmarks";
import { correct, navigate, pathOf, resolve, route, wordFor } from "./router";

const LAST = personalKey("room");

interface Current {
  room: Accessor<Room | null>;
  id: Accessor<RoomId | null>;
  seq: Accessor<Seq | null>;
}

let memos: Current | undefined;

function current(): Current {
  memos ??= createRoot(() => {
    const rooms = useRooms();
    // What addresses have meant: a room that gets another name stays open, and going back finds it.
    const meant = new Map<string, RoomId>();
    const room = createMemo(() => {
      const { place } = route();
      if (place.at !== "room") return null;
      const { room: word } = place;
      const joined = rooms().filter((each) => each.joined);
      const found = resolve(joined, word) ?? joined.find((each) => each.id === meant.get(word)) ?? null;
      if (found) meant.set(word, found.id);
      return found;
    });
    const seq = createMemo(() => {
      const { place } = route();
      return place.at === "room" ? place.seq : null;
    });
    return { room, id: createMemo(() => room()?.id ?? null), seq };
  });
  return memos;
}

/** The room that is open, and that one is in; null if there is none. */
export const currentRoom = (): Room | null => current().room();

/** Its id, which changes only when another room is opened. */
export const currentRoomId = (): RoomId | null => current().id();

/** The message that the address names, if it does; it does not change with what lies over the room. */
export const currentSeq = (): Seq | null => current().seq();

/** Open a room, and a message of it. */
export function openRoom(room: Pick<Room, "id" | "name" | "kind">, seq: Seq | null = null, replace = false): void {
  navigate(pathOf(room, seq), { replace });
}

/** Open a room that one has just made or come into, by what is known of it: what one does next is write. */
export function openNew(id: RoomId): void {
  openRoom(engine.room(id) ?? { id, name: "", kind: "private" });
  // Once the dialog that led here has given the focus back. A keyboard on the screen comes only when it is asked for.
  if (matchMedia("(hover: hover)").matches) queueMicrotask(focusComposer);
}

/** Keep the address the room's own, for as long as the owner lives: one by an id becomes the one by the name it has now. */
export function keepAddress(): void {
  createEffect(() => {
    const { place } = route();
    const room = currentRoom();
    if (room && place.at === "room" && place.room !== wordFor(room)) correct(pathOf(room, place.seq));
  });
}

/** Remember which room is open, for the next time. */
export function remember(room: RoomId): void {
  writeStored(LAST, String(room));
}

/** The room to begin with: the one that was open last, else the lobby, else any. */
export function firstRoom(rooms: readonly Room[]): Room | undefined {
  const mine = rooms.filter((room) => room.joined && !room.archived);
  const last = Number(readStored(LAST) ?? 0);
  return (
    mine.find((room) => room.id === last) ??
    mine.find((room) => room.name === "lobby" && room.kind === "public") ??
    mine[0]
  );
}
