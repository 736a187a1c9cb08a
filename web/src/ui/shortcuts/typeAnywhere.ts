/** Who types where nothing can be written means to write: the first letter is already the composer's. */

import { focusComposer } from "../places/landmarks";
import { route } from "../places/router";

/** Where letters are somebody else's: fields, and lists that find an entry by its first letters. */
const TAKES_LETTERS = "input, textarea, select, [contenteditable], [role=menu], [role=listbox]";

export function startTyping(): () => void {
  const pressed = (event: KeyboardEvent): void => {
    if (event.defaultPrevented || event.isComposing || event.ctrlKey || event.metaKey || event.altKey) return;
    // The space bar scrolls.
    if ([...event.key].length !== 1 || event.key === " ") return;
    if (document.activeElement?.closest(TAKES_LETTERS) || route().panel || document.querySelector("dialog[open]"))
      return;
    // The key goes on to where the focus is by then.
    focusComposer();
  };
  document.addEventListener("keydown", pressed);
  return () => document.removeEventListener("keydown", pressed);
}
