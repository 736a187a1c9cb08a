/** Copying a text, also on pages without TLS, where browsers offer no `navigator.clipboard`. */

/**
 * Call it in answer to a click: browsers allow it only then.
 * @returns whether the text was copied.
 */
export async function copyText(text: string): Promise<boolean> {
  const clipboard = navigator.clipboard as Clipboard | undefined;
  if (clipboard === undefined) return copySelected(text);
  try {
    await clipboard.writeText(text);
    return true;
  } catch {
    return copySelected(text); // not allowed
  }
}

/** Copy by the browser's editing command, which copies what is selected in a field. */
function copySelected(text: string): boolean {
  const focused = document.activeElement;
  const field = document.createElement("textarea");
  field.className = "visually-hidden";
  field.value = text;
  // Under a modal dialog the rest of the page can not have the focus.
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
