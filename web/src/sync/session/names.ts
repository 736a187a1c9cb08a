/** A name as it is compared: spellings that differ in upper and lower case are the same. */
export function fold(name: string): string {
  return name.toLowerCase();
}

/** Without the `#` that a room's name may be written with. */
export function bare(name: string): string {
  return name.startsWith("#") ? name.slice(1) : name;
}

/** What is between the names of a direct room's people. */
const SEVERAL = ", ";

/** The people of a direct room, by its name. */
export function people(name: string): readonly string[] {
  return name.split(SEVERAL);
}

/** A direct room's name after one of its people has another one. */
export function renamedIn(name: string, before: string, after: string): string {
  const names = people(name).map((each) => (fold(each) === fold(before) ? after : each));
  return names.sort((one, other) => (fold(one) < fold(other) ? -1 : 1)).join(SEVERAL);
}
