import { createRoot, createSignal } from "solid-js";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import type { Answer, Found } from "../../sync/types";
import { createPages, type Pages } from "./pages";

type Reply = (answer: Answer<Found<string>>) => void;

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

/** Pages, and the questions to the server, which the test answers. */
function open(first: string | null) {
  const asked: { query: string; next: string; reply: Reply }[] = [];
  const ask = (query: string, next: string): Promise<Answer<Found<string>>> =>
    new Promise((reply) => asked.push({ query, next, reply }));
  const [query, setQuery] = createSignal<string | null>(first);
  const [isOnline, setIsOnline] = createSignal(true);
  const [pages, dispose] = createRoot((end): [Pages<string>, () => void] => [createPages(ask, query, isOnline), end]);
  const found = async (at: number, items: string[], next = ""): Promise<void> => {
    asked[at]?.reply({ ok: true, value: { items, next } });
    await vi.advanceTimersByTimeAsync(0);
  };
  return { asked, setQuery, setIsOnline, pages, found, dispose };
}

test("the server is asked once for what is typed quickly, and late answers are dropped", async () => {
  const { asked, setQuery, pages, found } = open("");
  expect(asked).toHaveLength(1);
  await found(0, ["all"]);
  for (const typed of ["r", "ro", "roo"]) setQuery(typed);
  await vi.advanceTimersByTimeAsync(1_000);
  expect(asked.map((each) => each.query)).toEqual(["", "roo"]);
  setQuery("room");
  await vi.advanceTimersByTimeAsync(1_000);
  await found(2, ["room19"]);
  await found(1, ["roost"]);
  expect([pages.items(), pages.answered()]).toEqual([["room19"], "room"]);
});

test("a page is asked for once, and added to those before; an empty one is passed over", async () => {
  const { asked, pages, found } = open("a");
  await found(0, ["a1"], "one");
  pages.more();
  pages.more();
  expect(asked).toHaveLength(2);
  await found(1, [], "two");
  await found(2, ["a2"]);
  expect([pages.items(), pages.hasMore()]).toEqual([["a1", "a2"], false]);
  pages.more();
  expect(asked.map((each) => each.next)).toEqual(["", "one", "two"]);
});

test("without a connection the problem is shown, and the entries that were found stay", async () => {
  const { asked, setQuery, pages, found } = open("a");
  await found(0, ["a1"]);
  setQuery("ab");
  await vi.advanceTimersByTimeAsync(1_000);
  asked[1]?.reply({ ok: false, problem: { code: "offline", message: "There is no connection to the server." } });
  await vi.advanceTimersByTimeAsync(0);
  expect(pages.problem()).not.toBe("");
  expect(pages.items()).toEqual(["a1"]);
});

test("what was not answered is asked again when the connection is back", async () => {
  const { asked, setQuery, setIsOnline, pages, found } = open("a");
  await found(0, ["a1"], "one");
  pages.more();
  setIsOnline(false);
  asked[1]?.reply({ ok: false, problem: { code: "offline", message: "" } });
  await vi.advanceTimersByTimeAsync(0);
  expect(asked).toHaveLength(2);
  setIsOnline(true);
  expect(asked.slice(2).map(({ query, next }) => [query, next])).toEqual([["a", "one"]]);
  await found(2, ["a2"]);
  expect([pages.items(), pages.problem()]).toEqual([["a1", "a2"], ""]);
  // What is not wanted any more, and what was answered, is not asked again.
  setIsOnline(false);
  setIsOnline(true);
  setQuery(null);
  setIsOnline(false);
  setIsOnline(true);
  expect(asked).toHaveLength(3);
});

test("nothing is asked for without a query, or when the list is gone", async () => {
  const { asked, setQuery, pages, dispose, found } = open("a");
  await found(0, ["a1"]);
  setQuery(null);
  await vi.advanceTimersByTimeAsync(1_000);
  expect([pages.items(), asked.length]).toEqual([undefined, 1]);
  setQuery("b");
  dispose();
  await vi.advanceTimersByTimeAsync(1_000);
  expect(asked).toHaveLength(1);
});
