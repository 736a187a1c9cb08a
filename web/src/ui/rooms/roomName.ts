/** Names of rooms: without spaces, and without the `#` that they are shown with. */

/** The name that is meant by what was typed. */
export function asRoomName(typed: string): string {
  return typed.trim().replace(/^#/, "").replace(/\s+/g, "-");
}

/** Replace spaces by dashes while a name is typed. Returns the name. */
export function dashed(field: HTMLInputElement): string {
  const name = field.value.replace(/\s/g, "-");
  if (name !== field.value) {
    const at = field.selectionStart;
    field.value = name;
    field.setSelectionRange(at, at);
  }
  return name;
}
