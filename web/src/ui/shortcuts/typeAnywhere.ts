/** Typing while the focus is in no field moves the focus to the composer; the first letter is written there. */

import { focusComposer } from "../places/landmarks";
import { route } from "../places/router";

/** Elements that use letters themselves: fields, and lists that are searched by typing. */
const TAKES_LETTERS = "input, textarea, select, [contenteditable], [role=menu], [role=listbox]";

export function startTyping(): () => void {
  const pressed = (event: KeyboardEvent): void => {
    if (event.defaultPrevented || event.isComposing || event.ctrlKey || event.metaKey || event.altKey) return;
    // The space bar scrolls.
    if ([...event.key].length !== 1 || event.key === " ") return;
    if (document.activeElement?.closest(TAKES_LETTERS) || route().panel || document.querySelector("dialog[open]"))
      return;
    // The browser then writes the letter into the focused field.
    focusComposer();
  };
  document.addEventListener("keydown", pressed);
  return () => document.removeEventListener("keydown", pressed);
}
