/** Lets other parts of the page insert text into the composer: quotes, mentions, refused messages. */
import { createSignal } from "solid-js";
import type { Pending, RoomId } from "../../sync/types";

export interface Insertion {
  room: RoomId;
  text: string;
  /** Whether to insert it before the text that is there; if not, at the cursor. */
  before: boolean;
  /** The text between it and the text that is there, if there is any. */
  separator: string;
}

const [insertion, setInsertion] = createSignal<Insertion | null>(null, { equals: false });

/** The last text to insert. Only the composer reads it. */
export { insertion };

const [openIn, setOpenIn] = createSignal<RoomId | null>(null);

/** Called by the composer: the composer of this room is shown and takes texts. */
export function composerOpened(room: RoomId): void {
  setOpenIn(room);
}

/** Called by the composer: the composer of this room was removed. */
export function composerClosed(room: RoomId): void {
  setOpenIn((open) => (open === room ? null : open));
}

/** Whether a composer of the room is shown. There is none in a room where the user can not write. */
export function hasComposer(room: RoomId): boolean {
  return openIn() === room;
}

/** Put the text of a message into the room's composer, before the text that is there. Call this only if `hasComposer`. */
export function editInto(room: RoomId, message: Pick<Pending, "text" | "kind">): void {
  const text = message.kind === "action" ? `/me ${message.text}` : message.text;
  setInsertion({ room, text, before: true, separator: "\n" });
}

/** Insert a text at the cursor of the room's composer. */
export function insertText(room: RoomId, text: string): void {
  setInsertion({ room, text, before: false, separator: "" });
}

/** Quote a message in the room's composer. After the quote, `author` is mentioned; null: nobody is. */
export function quoteInto(room: RoomId, text: string, author: string | null): void {
  const quoted = text
    .split("\n")
    .map((line) => (line === "" ? ">" : `> ${line}`))
    .join("\n");
  setInsertion({ room, text: `${quoted}\n${author === null ? "" : `@${author} `}`, before: true, separator: "" });
}
