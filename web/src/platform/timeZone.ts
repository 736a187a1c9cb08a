/** The time zone of the device, as a signal. It changes when the user travels; browsers dispatch no event for that. */
import { createSignal } from "solid-js";

/** Milliseconds between two checks. */
const CHECK_EVERY = 60_000;

const currentZone = (): string => new Intl.DateTimeFormat().resolvedOptions().timeZone;
const currentOffset = (): number => new Date().getTimezoneOffset();

const [zone, setZone] = createSignal(currentZone());
let offset = currentOffset();

function check(): void {
  offset = currentOffset();
  setZone(currentZone());
}

/**
 * The zone's name (IANA). Code that shows a time reads this signal, so that the time is shown anew after a change of the zone. Make
 * formatters anew as well: an `Intl.DateTimeFormat` keeps the zone in which it was made.
 */
export function timeZone(): string {
  // To read the offset is far cheaper than to read the zone, so it is read each time: the next message has the new zone at once.
  if (currentOffset() !== offset) check();
  return zone();
}

/** Check the zone every minute, and when the user returns to the page. Returns a function that ends the checks. */
export function startTimeZone(): () => void {
  const events = ["focus", "pageshow", "visibilitychange"] as const;
  for (const each of events) addEventListener(each, check);
  const timer = setInterval(check, CHECK_EVERY);
  return () => {
    for (const each of events) removeEventListener(each, check);
    clearInterval(timer);
  };
}
