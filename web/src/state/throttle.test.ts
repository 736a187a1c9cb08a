// Single calls are immediate; many calls are throttled to ten a second.
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { paced } from "./throttle";

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

test("changes of one moment cause one immediate call", async () => {
  const tell = vi.fn();
  const soon = paced(tell);
  soon();
  soon();
  expect(tell).not.toHaveBeenCalled();
  await Promise.resolve();
  expect(tell).toHaveBeenCalledTimes(1);
});

test("changes during a call cause another call", async () => {
  const told: string[] = [];
  const soon = paced(() => {
    if (told.push("told") === 1) soon();
  });
  soon();
  await Promise.resolve();
  await Promise.resolve();
  expect(told).toHaveLength(2);
});

test("two hundred changes in a second cause about twenty calls, including the last change", async () => {
  let changes = 0;
  const told: number[] = [];
  const soon = paced(() => told.push(changes));
  for (let each = 0; each < 200; each += 1) {
    changes += 1;
    soon();
    await vi.advanceTimersByTimeAsync(5);
  }
  await vi.advanceTimersByTimeAsync(200);
  expect(told.length).toBeLessThan(25);
  expect(told.slice(0, 10)).toEqual([1, 2, 3, 4, 5, 6, 7, 8, 9, 10]);
  expect(told.at(-1)).toBe(200);
});

test("calls are immediate again after many changes", async () => {
  const tell = vi.fn();
  const soon = paced(tell);
  for (let each = 0; each < 100; each += 1) {
    soon();
    await vi.advanceTimersByTimeAsync(5);
  }
  await vi.advanceTimersByTimeAsync(1000);
  tell.mockClear();
  soon();
  await Promise.resolve();
  expect(tell).toHaveBeenCalledTimes(1);
});
