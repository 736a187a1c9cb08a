/** Whether an event is worth disturbing someone for. Pure: the clock and the window are given. */
import type { Hours, Level, RoomKind } from "../../sync/types";

export interface Situation {
  kind: string;
  mine: boolean;
  mentioned: boolean;
  level: Level;
  roomKind: RoomKind;
  hours: Hours | null;
  /** Minutes since midnight, where one is. */
  minute: number;
  /** Whether the event's room is on a visible screen, in a window that has the focus. */
  watched: boolean;
}

/** Whether it is a time at which one does not want to be disturbed. The end is no part of it; it may lie after midnight. */
export function isQuiet(hours: Hours | null, minute: number): boolean {
  if (!hours || hours.begin === hours.end) return false;
  return hours.begin < hours.end
    ? minute >= hours.begin && minute < hours.end
    : minute >= hours.begin || minute < hours.end;
}

/** Whether to show a notification. */
export function worthTelling(now: Situation): boolean {
  if (now.kind !== "message" && now.kind !== "action") return false;
  if (now.mine || now.watched || now.level === "nothing" || isQuiet(now.hours, now.minute)) return false;
  return now.level === "all" || now.mentioned;
}
