/** The draft of a room: the text of the composer is saved while the user types, and shown in every tab. */
import { type Accessor, createEffect, on, onCleanup, onMount, untrack } from "solid-js";
import { readStored, writeStored } from "../../platform/storage";
import { engine } from "../../state";
import type { Room, RoomId } from "../../sync/types";
import { createTextField } from "./textField";

/** Milliseconds after an edit until the draft is saved. */
const PAUSE = 100;

/** Where a draft is kept in the tab's storage while the page unloads. Another user may sign in meanwhile, in another tab. */
const unsavedKey = (room: RoomId): string => `parley.draft.${engine.me()?.id ?? 0}.${room}`;

export type Draft = ReturnType<typeof createDraft>;

export function createDraft(room: Accessor<Room>) {
  const { id, draft: initial } = untrack(room);
  /** Whether the user has changed the draft here since it was last taken over from the store. */
  let touched = false;
  let saving: ReturnType<typeof setTimeout> | undefined;
  const saveNow = (): void => {
    clearTimeout(saving);
    saving = undefined;
    engine.setDraft(id, field.text());
  };
  const save = (): void => {
    touched = true;
    saving ??= setTimeout(saveNow, PAUSE);
  };
  const field = createTextField(readStored(unsavedKey(id), "tab") ?? initial, save);

  const leave = (): void => {
    if (saving !== undefined) saveNow();
  };
  // While a page unloads, the store can't be written to any more; the tab's session storage can.
  const unload = (): void => {
    if (touched) writeStored(unsavedKey(id), field.text(), "tab");
    leave();
  };
  window.addEventListener("pagehide", unload);
  onCleanup(() => {
    leave();
    window.removeEventListener("pagehide", unload);
  });

  // The draft was changed in another tab, or has come from the store.
  createEffect(
    on(
      () => room().draft,
      (draft, before) => {
        if (saving !== undefined || draft === field.text()) return;
        // Do not replace what the user is writing here, unless it is the draft that was changed.
        const isWriting = document.activeElement === field.element() && field.text() !== before;
        if (isWriting && (field.text() !== "" || touched)) return;
        // Do not save it again: that could bring it back after the other tab has sent it.
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
    // Not on touch screens, where focus would open the keyboard.
    if (isFree && matchMedia("(hover: hover)").matches) field.element().focus();
  });

  return {
    field,
    /** Save the draft now: the text is nowhere else. */
    save: saveNow,
    /** Empty the field, and save that. */
    clear(): void {
      field.set("");
      touched = true;
      saveNow();
    },
  };
}
