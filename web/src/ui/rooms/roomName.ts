/** Names of rooms: without blanks, and without the `#` that they are shown with. */

/** What is meant by a name as it was typed. */
export function asRoomName(typed: string): string {
  return typed.trim().replace(/^#/, "").replace(/\s+/g, "-");
}

/** Let blanks become dashes while a name is typed. */
export function dashed(field: HTMLInputElement): string {
  const name = field.value.replace(/\s/g, "-");
  if (name !== field.value) {
    const at = field.selectionStart;
    field.value = name;
    field.setSelectionRange(at, at);
  }
  return name;
}
