/** Durations to choose from. */
import { t } from "../../text";

/** Options of a `Select`: the value is in seconds, 0 for no end. */
export type DurationOptions = readonly (readonly [string, string])[];

/** How long an invitation link is valid. */
export function linkDurations(): DurationOptions {
  const { hour, day, week, month, never } = t.shell.invite;
  return [
    ["3600", hour],
    ["86400", day],
    ["604800", week],
    ["2592000", month],
    ["0", never],
  ];
}

/** How long a ban or mute lasts. */
export function restrictionDurations(): DurationOptions {
  const { tenMinutes, hour, day, week, good } = t.shell.people;
  return [
    ["600", tenMinutes],
    ["3600", hour],
    ["86400", day],
    ["604800", week],
    ["0", good],
  ];
}

/** The end of a duration that begins now, in milliseconds since 1970 UTC; 0 for no end. */
export function endOf(term: string): number {
  const seconds = Number(term);
  return seconds ? Date.now() + seconds * 1000 : 0;
}
