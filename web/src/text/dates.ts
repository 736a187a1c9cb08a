/** Dates and times as text, in the language of the page and the time zone of the device. */
import { timeZone } from "../platform/timeZone";
import { locale } from ".";

const FORMS = {
  time: { timeStyle: "short" },
  full: { dateStyle: "full", timeStyle: "medium" },
  date: { dateStyle: "medium" },
  dateTime: { dateStyle: "medium", timeStyle: "short" },
  shortDateTime: { dateStyle: "short", timeStyle: "short" },
  day: { weekday: "long", day: "numeric", month: "long" },
  dayOfYear: { weekday: "long", day: "numeric", month: "long", year: "numeric" },
} as const satisfies Record<string, Intl.DateTimeFormatOptions>;

export type DateForm = keyof typeof FORMS;

// Keep the formats: to create one takes far longer than to use it.
const formats = new Map<string, Intl.DateTimeFormat>();
let formatsZone = "";

/** A time in milliseconds since 1970 UTC, as text; empty for an invalid time. */
export function formatDate(form: DateForm, at: number): string {
  const zone = timeZone();
  if (zone !== formatsZone) formats.clear();
  formatsZone = zone;
  const wanted = locale();
  const key = `${wanted} ${form}`;
  let made = formats.get(key);
  if (made === undefined) {
    made = new Intl.DateTimeFormat(wanted, FORMS[form]);
    formats.set(key, made);
  }
  return Number.isNaN(new Date(at).getTime()) ? "" : made.format(at);
}
