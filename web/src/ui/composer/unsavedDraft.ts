/** What was typed right before a page went, kept for the next one in the same tab: nothing else is stored in that moment. */
import { readStored, writeStored } from "../../platform/storage";
import { engine } from "../../state";
import type { RoomId } from "../../sync/types";

/** Whose they are is part of it: another tab may have let somebody else in since. */
const keyOf = (room: RoomId): string => `parley.draft.${engine.me()?.id ?? 0}.${room}`;

/** Return the words; null if there are none, or the browser keeps nothing. */
export function unsavedDraft(room: RoomId): string | null {
  return readStored(keyOf(room), "tab");
}

/** Keep the words; null: none any more. */
export function keepUnsavedDraft(room: RoomId, words: string | null): void {
  writeStored(keyOf(room), words, "tab");
}
