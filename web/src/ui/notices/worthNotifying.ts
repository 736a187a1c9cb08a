/** Decides whether to notify the user of an event. Pure: the time and the state of the window are arguments. */
import type { Hours, Level, RoomKind } from "../../sync/types";

export interface Situation {
  kind: string;
  mine: boolean;
  mentioned: boolean;
  level: Level;
  roomKind: RoomKind;
  hours: Hours | null;
  /** Minutes since midnight, local time. */
  minute: number;
  /** Whether the room is shown in a visible window that has the focus. */
  watched: boolean;
}

/** Whether a minute of the day is within the quiet hours. The end is exclusive, and may be on the next day. */
export function isQuiet(hours: Hours | null, minute: number): boolean {
  if (!hours || hours.begin === hours.end) return false;
  return hours.begin < hours.end
    ? minute >= hours.begin && minute < hours.end
    : minute >= hours.begin || minute < hours.end;
}

/** Whether to show a notification. */
export function isWorthNotifying(now: Situation): boolean {
  // An edit is worth it only if the message mentions the user since.
  const isCall = now.kind === "edited" && now.mentioned;
  if (now.kind !== "message" && now.kind !== "action" && !isCall) return false;
  if (now.mine || now.watched || now.level === "nothing" || isQuiet(now.hours, now.minute)) return false;
  return now.level === "all" || now.mentioned;
}
