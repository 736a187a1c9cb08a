// @vitest-environment happy-dom
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { createStoredList } from "./storedList";

const KEY = "parley.mine.things";
const kept = new Map<string, string>();

beforeEach(() => {
  kept.clear();
  vi.stubGlobal("localStorage", {
    getItem: (key: string) => kept.get(key) ?? null,
    setItem: (key: string, value: string) => void kept.set(key, value),
    removeItem: (key: string) => void kept.delete(key),
  });
});
afterEach(() => vi.unstubAllGlobals());

const things = () => createStoredList<{ id: number }>("things", { id: "number" }, 2);

test("items are there after a reload, newest first, up to the maximum", () => {
  const list = things();
  for (const id of [1, 2, 1, 3]) list.put({ id }, (each) => each.id === id);
  expect(things().all()).toEqual([{ id: 3 }, { id: 1 }]);
  list.drop(({ id }) => id === 3);
  expect(things().all()).toEqual([{ id: 1 }]);
  list.drop(() => true);
  expect(kept.has(KEY)).toBe(false);
});

test("other tabs see changes", () => {
  const other = things();
  const newValue = '[{"id":5}]';
  window.dispatchEvent(new StorageEvent("storage", { key: "parley.mine.others", newValue: "[]" }));
  window.dispatchEvent(new StorageEvent("storage", { key: KEY, newValue }));
  expect(other.all()).toEqual([{ id: 5 }]);
  window.dispatchEvent(new StorageEvent("storage", { key: null, newValue: null }));
  expect(other.all()).toEqual([]);
});

test("invalid data is an empty list", () => {
  for (const text of ["{", "7", "{}", '[null,{"id":"1"},{"room":2}]']) {
    kept.set(KEY, text);
    expect(things().all()).toEqual([]);
  }
});
