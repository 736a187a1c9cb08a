/** Times as text, in the language of the page. */

import { timeZone } from "../../platform/timeZone";
import type { Millis } from "../../sync/types";
import { t } from "../../text";
import { formatDate } from "../../text/dates";

/** E.g. "14:05". */
export const timeOf = (at: Millis): string => formatDate("time", at);

/** The full date and time, for a tooltip. */
export const fullOf = (at: Millis): string => formatDate("full", at);

/** Date and time, for use in a sentence. */
export const untilOf = (at: Millis): string => formatDate("dateTime", at);

/** E.g. "Today", "Monday 3 March". */
export function dayOf(at: Millis, now: Millis): string {
  timeZone();
  const start = new Date(now);
  start.setHours(0, 0, 0, 0);
  const today = start.getTime();
  start.setDate(start.getDate() + 1);
  const tomorrow = start.getTime();
  start.setDate(start.getDate() - 2);
  if (at >= today && at < tomorrow) return t.timeline.today;
  if (at >= start.getTime() && at < today) return t.timeline.yesterday;
  return formatDate(new Date(at).getFullYear() === new Date(now).getFullYear() ? "day" : "dayOfYear", at);
}

/** The `datetime` attribute of a `<time>`; empty for an invalid time. */
export function isoOf(at: Millis): string {
  const date = new Date(at);
  return Number.isNaN(date.getTime()) ? "" : date.toISOString();
}
