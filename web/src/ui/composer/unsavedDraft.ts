/** Text that was typed right before the page was unloaded, kept for the next page in the same tab. */
import { readStored, writeStored } from "../../platform/storage";
import { engine } from "../../state";
import type { RoomId } from "../../sync/types";

/** With the user's id: another user may have signed in meanwhile, in another tab. */
const keyOf = (room: RoomId): string => `parley.draft.${engine.me()?.id ?? 0}.${room}`;

/** Return the text; null if there is none. */
export function unsavedDraft(room: RoomId): string | null {
  return readStored(keyOf(room), "tab");
}

/** Keep a text; null removes it. */
export function keepUnsavedDraft(room: RoomId, words: string | null): void {
  writeStored(keyOf(room), words, "tab");
}
