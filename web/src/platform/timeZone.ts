/** The time zone of the device, as a signal: it changes while the page is open, when its user travels. No event tells of that. */
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
 * The zone's name (IANA). Whatever shows a time reads it, so that it is shown again in another zone. A formatter that was made in
 * one zone keeps that zone.
 */
export function timeZone(): string {
  // Asking for the offset is far cheaper than asking for the zone. So the next message has the new zone at once.
  if (currentOffset() !== offset) check();
  return zone();
}

/** Check the zone every minute, and when the user returns to the page. Returns a function that ends this. */
export function startTimeZone(): () => void {
  const events = ["focus", "pageshow", "visibilitychange"] as const;
  for (const each of events) addEventListener(each, check);
  const timer = setInterval(check, CHECK_EVERY);
  return () => {
    for (const each of events) removeEventListener(each, check);
    clearInterval(timer);
  };
}
