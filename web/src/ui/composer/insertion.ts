/** Other parts of the page write into a composer through here: a quote, a mention. */
import { createSignal } from "solid-js";
import type { RoomId } from "../../sync/types";

export interface Insertion {
  room: RoomId;
  text: string;
  /** On a line of its own, before what is there. */
  before: boolean;
}

const [insertion, setInsertion] = createSignal<Insertion | null>(null, { equals: false });

/** What was last asked to be inserted. For the composer alone. */
export { insertion };

/** Write `text` where the cursor of the room's composer is, e.g. `@eve `. */
export function insertText(room: RoomId, text: string): void {
  setInsertion({ room, text, before: false });
}

/** Quote a message in the room's composer; `author` is whom the answer names, null for nobody. */
export function quoteInto(room: RoomId, text: string, author: string | null): void {
  const quoted = text
    .split("\n")
    .map((line) => (line === "" ? ">" : `> ${line}`))
    .join("\n");
  setInsertion({ room, text: `${quoted}\n${author === null ? "" : `@${author} `}`, before: true });
}
