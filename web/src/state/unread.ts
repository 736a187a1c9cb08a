/** Which rooms are shown as unread, and the numbers of unread messages in the page's title and icon. */
import type { Room } from "../sync/types";

/** Whether a room is shown as unread. A muted room (level `nothing`) is not, unless a message mentions the user. */
export function isUnread(room: Room): boolean {
  return room.mentions > 0 || (room.unread > 0 && room.level !== "nothing");
}

export interface UnreadTotals {
  /** Messages that mention the user, and all unread messages of direct rooms. */
  mentions: number;
  /** Whether any room that is not muted has unread messages. */
  unread: boolean;
}

export function unreadTotals(rooms: readonly Room[]): UnreadTotals {
  let mentions = 0;
  let unread = false;
  for (const room of rooms) {
    if (!room.joined || room.archived || room.level === "nothing") continue;
    mentions += room.kind === "direct" ? room.unread : room.mentions;
    if (room.unread > 0) unread = true;
  }
  return { mentions, unread };
}
