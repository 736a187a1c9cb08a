/** How other parts of the page insert text into a composer: quotes and mentions. */
import { createSignal } from "solid-js";
import type { Pending, RoomId } from "../../sync/types";

export interface Insertion {
  room: RoomId;
  text: string;
  /** Whether to insert it before the present text; else at the cursor. */
  before: boolean;
  /** What separates it from the present text, if there is any. */
  separator: string;
}

const [insertion, setInsertion] = createSignal<Insertion | null>(null, { equals: false });

/** The last text to insert. For the composer only. */
export { insertion };

const [openIn, setOpenIn] = createSignal<RoomId | null>(null);

/** The composer of this room can take texts. For the composer only. */
export function composerOpened(room: RoomId): void {
  setOpenIn(room);
}

/** The composer of this room is gone. For the composer only. */
export function composerClosed(room: RoomId): void {
  setOpenIn((open) => (open === room ? null : open));
}

/** Whether the room has a composer that takes texts: there is none in a room where the user may not write. */
export function hasComposer(room: RoomId): boolean {
  return openIn() === room;
}

/** Put a message back into the room's composer, before what is written there. Call it only if `hasComposer`. */
export function editInto(room: RoomId, message: Pick<Pending, "text" | "kind">): void {
  const text = message.kind === "action" ? `/me ${message.text}` : message.text;
  setInsertion({ room, text, before: true, separator: "\n" });
}

/** Insert a text at the cursor of the room's composer. */
export function insertText(room: RoomId, text: string): void {
  setInsertion({ room, text, before: false, separator: "" });
}

/** Quote a message in the room's composer. `author` is mentioned after the quote; null for nobody. */
export function quoteInto(room: RoomId, text: string, author: string | null): void {
  const quoted = text
    .split("\n")
    .map((line) => (line === "" ? ">" : `> ${line}`))
    .join("\n");
  setInsertion({ room, text: `${quoted}\n${author === null ? "" : `@${author} `}`, before: true, separator: "" });
}
