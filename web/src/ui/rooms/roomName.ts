/** Makes names of rooms from typed text. A name has no spaces, and not the `#` with which the page shows it. */

/** The room's name that the typed text means. */
export function asRoomName(typed: string): string {
  return typed.trim().replace(/^#/, "").replace(/\s+/g, "-");
}

/** Replace spaces by dashes in a field, while the user types a name. The cursor stays. Returns the name. */
export function dashed(field: HTMLInputElement): string {
  const name = field.value.replace(/\s/g, "-");
  if (name !== field.value) {
    const at = field.selectionStart;
    field.value = name;
    field.setSelectionRange(at, at);
  }
  return name;
}
