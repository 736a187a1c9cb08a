/** Times as text, in the language of the page. */

import type { Millis } from "../../sync/types";
import { locale, t } from "../../text";

type Form = "time" | "full" | "day" | "dayOfYear" | "until";

const FORMS: Readonly<Record<Form, Intl.DateTimeFormatOptions>> = {
  time: { timeStyle: "short" },
  full: { dateStyle: "full", timeStyle: "medium" },
  day: { weekday: "long", day: "numeric", month: "long" },
  dayOfYear: { weekday: "long", day: "numeric", month: "long", year: "numeric" },
  until: { dateStyle: "medium", timeStyle: "short" },
};

// Creating a format is far slower than using it.
const formats = new Map<string, Intl.DateTimeFormat>();

function format(form: Form, at: Millis): string {
  const wanted = locale();
  const key = `${wanted} ${form}`;
  let made = formats.get(key);
  if (made === undefined) {
    made = new Intl.DateTimeFormat(wanted, FORMS[form]);
    formats.set(key, made);
  }
  const date = new Date(at);
  return Number.isNaN(date.getTime()) ? "" : made.format(date);
}

/** E.g. "14:05". */
export const timeOf = (at: Millis): string => format("time", at);

/** The full date and time, for a tooltip. */
export const fullOf = (at: Millis): string => format("full", at);

/** Date and time, for use in a sentence. */
export const untilOf = (at: Millis): string => format("until", at);

/** E.g. "Today", "Monday 3 March". */
export function dayOf(at: Millis, now: Millis): string {
  const start = new Date(now);
  start.setHours(0, 0, 0, 0);
  const today = start.getTime();
  start.setDate(start.getDate() + 1);
  const tomorrow = start.getTime();
  start.setDate(start.getDate() - 2);
  if (at >= today && at < tomorrow) return t.timeline.today;
  if (at >= start.getTime() && at < today) return t.timeline.yesterday;
  return format(new Date(at).getFullYear() === new Date(now).getFullYear() ? "day" : "dayOfYear", at);
}

/** The `datetime` attribute of a `<time>`; empty for an invalid time. */
export function isoOf(at: Millis): string {
  const date = new Date(at);
  return Number.isNaN(date.getTime()) ? "" : date.toISOString();
}
