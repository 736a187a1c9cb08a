/** Options to choose from: how long an invitation, a ban or a mute lasts, and how often an invitation can be used. */
import { panels } from "../../text/panels";

/** Options of a `Select`: value and text. Durations are in seconds, 0 for no end. */
export type SelectOptions = readonly (readonly [string, string])[];

/** How long an invitation link is valid. */
export function linkDurations(): SelectOptions {
  const { hour, day, week, month, never } = panels.invite;
  return [
    ["3600", hour],
    ["86400", day],
    ["604800", week],
    ["2592000", month],
    ["0", never],
  ];
}

/** How long a ban or mute lasts. */
export function restrictionDurations(): SelectOptions {
  const { tenMinutes, hour, day, week, good } = panels.people;
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

/** How many people can use an invitation link; 0: any number. */
export function usesOptions(counts: readonly number[]): SelectOptions {
  const { usesAny, usesOne, usesMany } = panels.invite;
  return counts.map((n) => [String(n), n === 0 ? usesAny : n === 1 ? usesOne : usesMany(n)] as const);
}
