/** The draft of a room. The text of the composer is saved while the user types, and shown in the composers of all tabs. */
import { type Accessor, createEffect, on, onCleanup, onMount, untrack } from "solid-js";
import { readStored, writeStored } from "../../platform/storage";
import { engine } from "../../state";
import type { Room, RoomId } from "../../sync/types";
import { createTextField } from "./textField";

/** Milliseconds after an edit until the draft is saved. */
const PAUSE = 100;

/** The key of a draft in the tab's storage. It contains the user's id, as another user may sign in before the page is reloaded. */
const unsavedKey = (room: RoomId): string => `parley.draft.${engine.me()?.id ?? 0}.${room}`;

export type Draft = ReturnType<typeof createDraft>;

export function createDraft(room: Accessor<Room>) {
  const { id, draft: initial } = untrack(room);
  /** Whether the user has changed the text here since it was last replaced by the stored draft. */
  let touched = false;
  let saving: ReturnType<typeof setTimeout> | undefined;
  /** The draft while the field is lent to something else; null while the field has the draft. */
  let lent: string | null = null;
  const saveNow = (): void => {
    clearTimeout(saving);
    saving = undefined;
    engine.setDraft(id, lent ?? field.text());
  };
  const save = (): void => {
    touched = true;
    saving ??= setTimeout(saveNow, PAUSE);
  };
  const field = createTextField(readStored(unsavedKey(id), "tab") ?? initial, () => {
    if (lent === null) save();
  });

  const leave = (): void => {
    if (saving !== undefined) saveNow();
  };
  // While a page unloads, writes to IndexedDB may be lost. Those to the tab's session storage are synchronous.
  const unload = (): void => {
    if (touched) writeStored(unsavedKey(id), lent ?? field.text(), "tab");
    leave();
  };
  window.addEventListener("pagehide", unload);
  onCleanup(() => {
    leave();
    window.removeEventListener("pagehide", unload);
  });

  // Show a draft that was changed in another tab, or that was just read from the store.
  createEffect(
    on(
      () => room().draft,
      (draft, before) => {
        if (lent !== null || saving !== undefined || draft === field.text()) return;
        // Do not replace a text that the user is writing here. If the text is still the old draft, replace it.
        const isWriting = document.activeElement === field.element() && field.text() !== before;
        if (isWriting && (field.text() !== "" || touched)) return;
        // Do not save this text: if the other tab has sent it meanwhile, the sent text would become a draft again.
        field.set(draft);
        touched = false;
      },
      { defer: true },
    ),
  );
  onMount(() => {
    if (readStored(unsavedKey(id), "tab") !== null) {
      writeStored(unsavedKey(id), null, "tab");
      save();
    }
    field.set(field.text());
    const isFree = document.activeElement === document.body || document.activeElement === null;
    // On touch screens, focus would open the keyboard.
    if (isFree && matchMedia("(hover: hover)").matches) field.element().focus();
  });

  return {
    field,
    /** Use the field for another text. The draft is kept, and comes back with `giveBack`. */
    lend(text: string): void {
      lent ??= field.text();
      field.set(text);
    },
    giveBack(): void {
      if (lent === null) return;
      field.set(lent);
      lent = null;
    },
    /** Save the draft now, without the usual pause. */
    save: saveNow,
    /** Empty the field, and save the empty draft. */
    clear(): void {
      field.set("");
      touched = true;
      saveNow();
    },
  };
}
