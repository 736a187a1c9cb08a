/** The sections of the list of rooms, and the order within them. */

import { isUnread } from "../../state/unread";
import { searchable } from "../../sync/searchable";
import type { Room, RoomId } from "../../sync/types";

export type SectionName = "favourites" | "rooms" | "direct" | "archived";

export interface Arranged {
  section: SectionName;
  rooms: readonly Room[];
}

const asWanted = (typed: string): string => searchable(typed.trim().replace(/^[#@]/, ""));

/** The sections that have rooms. Rooms are sorted by name, so that none moves; direct rooms by their last message. */
export function arrange(rooms: readonly Room[], filter = ""): readonly Arranged[] {
  const wanted = asWanted(filter);
  const mine = rooms.filter((room) => room.joined && (!wanted || searchable(room.name).includes(wanted)));
  const named = (a: Room, b: Room): number =>
    a.name.localeCompare(b.name, undefined, { numeric: true, sensitivity: "base" }) || a.id - b.id;
  const recent = (a: Room, b: Room): number => b.active - a.active || b.tip - a.tip || named(a, b);
  const section = (name: SectionName, of: Room[], order: (a: Room, b: Room) => number): Arranged => ({
    section: name,
    rooms: of.sort(order),
  });
  return [
    section(
      "favourites",
      mine.filter((room) => room.favourite && !room.archived),
      named,
    ),
    section(
      "rooms",
      mine.filter((room) => !room.favourite && !room.archived && room.kind !== "direct"),
      named,
    ),
    section(
      "direct",
      mine.filter((room) => !room.favourite && !room.archived && room.kind === "direct"),
      recent,
    ),
    section(
      "archived",
      mine.filter((room) => room.archived),
      named,
    ),
  ].filter((each) => each.rooms.length > 0);
}

/** The next room in the list, or the previous one (`step`); after the last comes the first. */
export function neighbour(
  order: readonly Room[],
  now: RoomId | null,
  step: 1 | -1,
  unreadOnly: boolean,
): Room | undefined {
  const at = order.findIndex((room) => room.id === now);
  const start = at < 0 ? (step > 0 ? -1 : order.length) : at;
  for (let passed = 1; passed <= order.length; passed++) {
    const room = order[(start + step * passed + order.length * 2) % order.length];
    if (room && room.id !== now && (!unreadOnly || isUnread(room))) return room;
  }
  return undefined;
}

/** The room to open on Enter: the first whose name begins with what was typed; if there is none, the first that was found. */
export function likeliest(found: readonly Room[], typed: string): Room | undefined {
  const wanted = asWanted(typed);
  return found.find((room) => searchable(room.name).startsWith(wanted)) ?? found[0];
}

/** Whether two lists have the same items in the same order. */
export function same<T>(a: readonly T[], b: readonly T[]): boolean {
  return a.length === b.length && a.every((each, index) => each === b[index]);
}
