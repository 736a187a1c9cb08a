// A change is drawn in the next frame. Many changes are drawn ten times a second, or less often if drawing is slow.
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { createRedraw } from "./redraw";

const FRAME = 16;

/** A clock that runs animation frames. The work of a redraw advances it as well. */
let now = 0;
let due: { at: number; run: () => void }[] = [];

const at = (when: number, run: () => void): number => {
  due.push({ at: when, run });
  return due.length;
};

function advance(ms: number): void {
  const end = now + ms;
  for (;;) {
    const next = due.filter((each) => each.at <= end).sort((a, b) => a.at - b.at)[0];
    if (next === undefined) break;
    due = due.filter((each) => each !== next);
    now = Math.max(now, next.at);
    next.run();
  }
  now = Math.max(now, end);
}

beforeEach(() => {
  now = 0;
  due = [];
  vi.stubGlobal("document", { hidden: false });
  vi.stubGlobal("performance", { now: () => now });
  vi.stubGlobal("requestAnimationFrame", (run: () => void) => at((Math.floor(now / FRAME) + 1) * FRAME, run));
  vi.stubGlobal("setTimeout", (run: () => void, ms = 0) => at(now + ms, run));
  const cancel = (): void => void due.splice(0);
  vi.stubGlobal("cancelAnimationFrame", cancel);
  vi.stubGlobal("clearTimeout", cancel);
});
afterEach(() => vi.unstubAllGlobals());

/** The number of redraws in two seconds of constant changes, if each redraw takes `takes` milliseconds. */
function drawings(takes: number): number {
  let count = 0;
  const pace = createRedraw(() => {
    count += 1;
    now += takes;
  });
  while (now < 2_000) {
    pace.soon();
    advance(5);
  }
  return count;
}

test("a single change is drawn in the next frame", () => {
  const draw = vi.fn();
  createRedraw(draw).soon();
  advance(FRAME);
  expect(draw).toHaveBeenCalledTimes(1);
});

test("many changes are drawn about ten times a second", () => {
  expect(drawings(1)).toBeGreaterThan(16);
  expect(drawings(1)).toBeLessThan(23);
});

test("a slow machine spends a quarter of its time on redraws", () => {
  expect(drawings(60)).toBeGreaterThan(6);
  expect(drawings(60)).toBeLessThan(9);
});

test("there is a redraw at least every 400 milliseconds", () => {
  expect(drawings(300)).toBeGreaterThan(3);
});

test("a canceled redraw does not happen", () => {
  const draw = vi.fn();
  const pace = createRedraw(draw);
  pace.soon();
  pace.cancel();
  advance(500);
  expect(draw).not.toHaveBeenCalled();
});
