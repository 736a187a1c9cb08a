/** How other parts of the page insert text into a composer: quotes and mentions. */
import { createSignal } from "solid-js";
import type { RoomId } from "../../sync/types";

export interface Insertion {
  room: RoomId;
  text: string;
  /** Whether to insert it before the present text; else at the cursor. */
  before: boolean;
}

const [insertion, setInsertion] = createSignal<Insertion | null>(null, { equals: false });

/** The last text to insert. For the composer only. */
export { insertion };

/** Insert a text at the cursor of the room's composer. */
export function insertText(room: RoomId, text: string): void {
  setInsertion({ room, text, before: false });
}

/** Quote a message in the room's composer. `author` is mentioned after the quote; null for nobody. */
export function quoteInto(room: RoomId, text: string, author: string | null): void {
  const quoted = text
    .split("\n")
    .map((line) => (line === "" ? ">" : `> ${line}`))
    .join("\n");
  setInsertion({ room, text: `${quoted}\n${author === null ? "" : `@${author} `}`, before: true });
}
