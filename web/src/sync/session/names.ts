import { fold } from "../fold";

/** A room's name without the `#` that the user may have typed. */
export function withoutHash(name: string): string {
  return name.startsWith("#") ? name.slice(1) : name;
}

/** Separates the names of people in the name of a direct room. */
const SEPARATOR = ", ";

/** The names of the other people in a direct room, from the name of the room. */
export function namesOf(name: string): readonly string[] {
  return name.split(SEPARATOR);
}

/** The name of a direct room after one of its people was renamed. */
export function renamedIn(name: string, before: string, after: string): string {
  const names = namesOf(name).map((each) => (fold(each) === fold(before) ? after : each));
  return names.sort((one, other) => (fold(one) < fold(other) ? -1 : 1)).join(SEPARATOR);
}
