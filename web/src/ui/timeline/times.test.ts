// @vitest-environment happy-dom
/** Times are shown in the time zone of the device. Node takes it from `process.env.TZ`. */
import { createRenderEffect, createRoot } from "solid-js";
import { afterEach, beforeEach, expect, test } from "vitest";
import { startTimeZone, timeZone } from "../../platform/timeZone";
import { Rows } from "./rows";
import { dayOf, fullOf, timeOf, untilOf } from "./times";

const before = process.env["TZ"];
const travelTo = (zone: string): void => {
  process.env["TZ"] = zone;
};
beforeEach(() => travelTo("Europe/Berlin"));
afterEach(() => {
  if (before === undefined) delete process.env["TZ"];
  else travelTo(before);
});

/** 23:30 in Berlin. */
const LATE = Date.UTC(2026, 2, 3, 22, 30);

test("after the device has moved to another zone, times are shown in that zone", () => {
  expect(timeOf(LATE)).toMatch(/^11:30\sPM$/);
  travelTo("Asia/Tokyo");
  expect(timeOf(LATE)).toMatch(/^7:30\sAM$/);
  expect(fullOf(LATE)).toContain("March 4");
  expect(untilOf(LATE)).toContain("Mar 4");
  expect(dayOf(LATE, LATE + 60_000)).toBe("Today");
  expect(dayOf(LATE - 8 * 3_600_000, LATE)).toBe("Yesterday");
});

test("times that are shown already change with the zone, also to a zone with the same offset on that day", () => {
  const shown: string[] = [];
  const stop = startTimeZone();
  const dispose = createRoot((end) => {
    createRenderEffect(() => shown.push(`${timeOf(LATE)} ${timeZone()}`));
    return end;
  });
  travelTo("Asia/Tokyo");
  window.dispatchEvent(new Event("focus"));
  travelTo("Asia/Seoul");
  window.dispatchEvent(new Event("focus"));
  window.dispatchEvent(new Event("focus"));
  expect(shown).toHaveLength(3);
  expect(shown[1]).toMatch(/^7:30\sAM Asia\/Tokyo$/);
  expect(shown[2]).toMatch(/Asia\/Seoul$/);
  dispose();
  stop();
});

test("after a change of the zone, days begin at its midnight", () => {
  const rows = new Rows();
  const said = (seq: number, at: number) => ({ seq, at, user: 1, name: "a", kind: "message" as const, text: "" });
  const log = {
    events: [said(1, LATE - 3_600_000), said(2, LATE), said(3, LATE + 3_600_000), said(4, LATE + 10_800_000)],
    atStart: true,
    atTip: true,
    seen: 3,
  };
  const days = (zone: string): (readonly [string, number])[] =>
    rows
      .make(log as never, [], { me: 2, newAfter: null, direct: false, zone })
      .flatMap((row) => (row.is === "day" ? [[row.key, new Date(row.at).getDate()] as const] : []));
  expect(days(timeZone())).toEqual([
    ["d2026-3-3", 3],
    ["d2026-3-4", 4],
  ]);
  travelTo("Asia/Tokyo");
  expect(days(timeZone())).toEqual([["d2026-3-4", 4]]);
  travelTo("Europe/Berlin");
  days(timeZone());
  // The first message of 4 March in Berlin is of 3 March in Lisbon.
  travelTo("Europe/Lisbon");
  expect(days(timeZone())).toEqual([
    ["d2026-3-3", 3],
    ["d2026-3-4", 4],
  ]);
});
