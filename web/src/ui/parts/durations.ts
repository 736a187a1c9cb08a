/** How long something lasts, to choose from. */
import { t } from "../../text";

/** Seconds, as a `Select` has them, and what they are called; 0: without end. */
export type DurationOptions = readonly (readonly [string, string])[];

/** For how long an invitation by link is good. */
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

/** For how long somebody is banned or muted. */
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

/** When what begins now and lasts so long ends, in milliseconds since 1970 UTC; 0: never. */
export function endOf(term: string): number {
  const seconds = Number(term);
  return seconds ? Date.now() + seconds * 1000 : 0;
}
