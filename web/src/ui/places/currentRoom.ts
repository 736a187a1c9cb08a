/** The open room, and functions that open one. */
import { type Accessor, createEffect, createMemo, createRoot } from "solid-js";
import { personalKey, readStored, writeStored } from "../../platform/storage";
import { engine, useRooms } from "../../state";
import type { Room, RoomId, Seq } from "../../sync/types";
import { showRefusal } from "../parts";
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
    // Remember which room each name in an address has meant: after a rename the room stays open, and old addresses still find it.
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

/** The open room; null if none is open, or the user is not in it. */
export const currentRoom = (): Room | null => current().room();

/** The id of the open room. Unlike `currentRoom`, it changes only when another room is opened. */
export const currentRoomId = (): RoomId | null => current().id();

/** The seq of the message that the address names; null if it names none. Does not change when a panel is opened or closed. */
export const currentSeq = (): Seq | null => current().seq();

/** Open a room, at a message if `seq` is given. */
export function openRoom(room: Pick<Room, "id" | "name" | "kind">, seq: Seq | null = null, replace = false): void {
  navigate(pathOf(room, seq), { replace });
}

/** Open a room that the user has just made or joined, with the focus in the composer. */
export function openAndWrite(id: RoomId): void {
  openRoom(engine.room(id) ?? { id, name: "", kind: "private" });
  // Focus after the dialog that is closing has given the focus back. On touch screens, focus would open the keyboard.
  if (matchMedia("(hover: hover)").matches) queueMicrotask(focusComposer);
}

/** Open the direct room with a person; the server makes it if there is none. */
export async function openDirectWith(name: string): Promise<void> {
  const id = await showRefusal(engine.openDirect([name]));
  if (id !== undefined) openAndWrite(id);
}

/** After a rename of the open room, put its new name into the address. Ends when the calling component is removed. */
export function keepAddress(): void {
  createEffect(() => {
    const { place } = route();
    const room = currentRoom();
    if (room && place.at === "room" && place.room !== wordFor(room)) correct(pathOf(room, place.seq));
  });
}

/** Store the id of the open room, which the next visit opens first. */
export function remember(room: RoomId): void {
  writeStored(LAST, String(room));
}

/** The room to open first: the one that was open last, else the lobby, else any. */
export function firstRoom(rooms: readonly Room[]): Room | undefined {
  const mine = rooms.filter((room) => room.joined && !room.archived);
  const last = Number(readStored(LAST) ?? 0);
  return (
    mine.find((room) => room.id === last) ??
    mine.find((room) => room.name === "lobby" && room.kind === "public") ??
    mine[0]
  );
}
