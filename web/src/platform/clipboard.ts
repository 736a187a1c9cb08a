/** Copies text. Works also on pages without TLS, where browsers offer no `navigator.clipboard`. */

/**
 * Copy a text. Call this in answer to a click: browsers allow it only then.
 * @returns whether the text was copied.
 */
export async function copyText(text: string): Promise<boolean> {
  const clipboard = navigator.clipboard as Clipboard | undefined;
  if (clipboard === undefined) return copySelected(text);
  try {
    await clipboard.writeText(text);
    return true;
  } catch {
    return copySelected(text); // the browser does not allow `writeText`
  }
}

/** Copy by the browser's editing command, which copies what is selected in a field. */
function copySelected(text: string): boolean {
  const focused = document.activeElement;
  const field = document.createElement("textarea");
  field.className = "visually-hidden";
  field.value = text;
  // While a modal dialog is open, no element outside of it can have the focus.
  (focused?.closest("dialog[open]") ?? document.body).append(field);
  field.select();
  try {
    return document.execCommand("copy");
  } catch {
    return false;
  } finally {
    field.remove();
    if (focused instanceof HTMLElement) focused.focus();
  }
}
