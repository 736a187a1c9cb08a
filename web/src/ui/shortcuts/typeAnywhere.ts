/** When the user types while the focus is in no field, moves the focus to the composer, so that the text is written there. */

import { onInputMethodKey } from "../../platform/inputMethod";
import { isAltGr, isApple, type KeyPress } from "../parts/keyCombination";
import { focusComposer } from "../places/landmarks";
import { route } from "../places/router";

/** Elements that use typed letters themselves: fields, menus and lists. */
const TAKES_LETTERS = "input, textarea, select, [contenteditable], [role=menu], [role=listbox]";

/** Whether a key writes text, or begins to: a dead key, Compose, or the first key of an input method. */
export function writesText(pressed: KeyPress, apple = isApple): boolean {
  if (!isAltGr(pressed, apple)) {
    if (pressed.ctrlKey || pressed.metaKey) return false;
    // On Apple computers, Option (reported as Alt) writes characters.
    if (pressed.altKey && !apple) return false;
  }
  const { key } = pressed;
  if (key === "Dead" || key === "Process" || key === "Compose") return true;
  // The space bar scrolls the messages. `key` can have two letters: one key of the Arabic layout writes two.
  return (key.length === 1 && key !== " ") || /[^\0-\x7f]/.test(key);
}

export function startTyping(): () => void {
  const moveFocus = (): void => {
    if (document.activeElement?.closest(TAKES_LETTERS) || route().panel || document.querySelector("dialog[open]"))
      return;
    // The browser writes the letter, or begins a composition, in the field that has the focus after the `keydown` event.
    focusComposer();
  };
  const pressed = (event: KeyboardEvent): void => {
    if (!event.defaultPrevented && writesText(event)) moveFocus();
  };
  document.addEventListener("keydown", pressed);
  const endInputMethod = onInputMethodKey((event) => {
    if (!event.defaultPrevented && !event.ctrlKey && !event.metaKey) moveFocus();
  });
  return () => {
    document.removeEventListener("keydown", pressed);
    endInputMethod();
  };
}
