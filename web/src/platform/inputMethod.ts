/**
 * Keys that an input method (Japanese, Chinese, Korean, dead keys, ...) uses for its own composition. No key handler of the page
 * sees them: the Enter that ends a composition must not send, join or choose anything.
 *
 * UI Events, section 5.2 (composition): such a `keydown` has `isComposing` set, or the key code 229. Safari dispatches
 * `compositionend` before the `keydown` that has caused it, so that only the key code is left there.
 */

const KEY_CODE_OF_INPUT_METHOD = 229;

const listeners = new Set<(event: KeyboardEvent) => void>();

/** Whether an input method uses the key. */
export function isInputMethodKey(event: Pick<KeyboardEvent, "isComposing" | "keyCode" | "key">): boolean {
  return event.isComposing || event.keyCode === KEY_CODE_OF_INPUT_METHOD || event.key === "Process";
}

/**
 * Hide the keys of input methods from all other key handlers. Call this before anything else adds a key handler.
 * @returns a function that removes the filter.
 */
export function startInputMethodFilter(): () => void {
  const pressed = (event: KeyboardEvent): void => {
    // When the user chooses a stored address or password, browsers dispatch a `keydown` without the field `key`.
    if ((event.key as string | undefined) === undefined) event.stopImmediatePropagation();
    else if (isInputMethodKey(event)) {
      event.stopImmediatePropagation();
      for (const listener of listeners) listener(event);
    }
  };
  // Handlers of the window's capture phase run before all others.
  window.addEventListener("keydown", pressed, { capture: true });
  return () => window.removeEventListener("keydown", pressed, { capture: true });
}

/**
 * Call `listener` for each key that an input method uses.
 * @returns a function that removes the listener.
 */
export function onInputMethodKey(listener: (event: KeyboardEvent) => void): () => void {
  listeners.add(listener);
  return () => listeners.delete(listener);
}
