/** A list that comes from the server in pages, for a text that the user types: rooms, people or members, often thousands. */
import { type Accessor, createEffect, createSignal, on, onCleanup } from "solid-js";
import type { Answer, Found } from "../../sync/types";
import { sentence } from "../../text";

/** Milliseconds after the last change of the query until the server is asked. */
const PAUSE = 120;

export interface Pages<T> {
  /** The entries of all pages so far; undefined before the first answer. After a change of the query they stay until the answer. */
  items: Accessor<readonly T[] | undefined>;
  /** The query that `items` answers. */
  answered: Accessor<string>;
  /** Whether there are more pages. */
  hasMore: Accessor<boolean>;
  /** Why the last question has failed, as a sentence; empty if it has not. */
  problem: Accessor<string>;
  /** Ask for the next page, unless an answer is awaited. */
  more: () => void;
}

/**
 * @param ask asks the server for the page that `next` names (empty: the first page).
 * @param query what was typed. Null: the server is not asked, and `items` is undefined.
 * @param isOnline whether there is a connection. A question without an answer is asked again when it is back.
 */
export function createPages<T>(
  ask: (query: string, next: string) => Promise<Answer<Found<T>>>,
  query: Accessor<string | null>,
  isOnline: Accessor<boolean>,
): Pages<T> {
  const [found, setFound] = createSignal<{ query: string; items: readonly T[]; next: string } | undefined>();
  const [problem, setProblem] = createSignal("");
  /** The number of questions so far. Only the answer to the last one is used. */
  let asked = 0;
  let waits = false;
  let again: (() => void) | undefined;
  const put = async (wanted: string, next: string, before: readonly T[]): Promise<void> => {
    const mine = ++asked;
    waits = true;
    again = undefined;
    const answer = await ask(wanted, next);
    if (mine !== asked) return;
    waits = false;
    setProblem(answer.ok ? "" : sentence(answer.problem));
    if (!answer.ok) again = () => void put(wanted, next, before);
    if (answer.ok) {
      const { items, next: following } = answer.value;
      setFound({ query: wanted, items: [...before, ...items], next: following });
      // The server may send an empty page although there is a next one: ask for that.
      if (items.length === 0 && following !== "") void put(wanted, following, before);
    }
  };
  let timer: ReturnType<typeof setTimeout> | undefined;
  createEffect(
    on(query, (wanted, before) => {
      clearTimeout(timer);
      asked += 1;
      waits = false;
      again = undefined;
      if (wanted === null) setFound(undefined);
      else if (before === undefined) void put(wanted, "", []);
      else timer = setTimeout(() => void put(wanted, "", []), PAUSE);
    }),
  );
  createEffect(on(isOnline, (online) => online && again?.(), { defer: true }));
  onCleanup(() => {
    clearTimeout(timer);
    asked += 1;
  });
  return {
    items: () => found()?.items,
    answered: () => found()?.query ?? "",
    hasMore: () => (found()?.next ?? "") !== "",
    problem,
    more: () => {
      const now = found();
      if (now !== undefined && now.next !== "" && now.query === query() && !waits)
        void put(now.query, now.next, now.items);
    },
  };
}

/** Call `more` whenever `element`, which is at the end of a list, comes near the visible part. Ends with the calling component. */
export function atEndOfList(element: HTMLElement, more: () => void): void {
  const observer = new IntersectionObserver((entries) => entries.some((entry) => entry.isIntersecting) && more(), {
    rootMargin: "600px",
  });
  observer.observe(element);
  onCleanup(() => observer.disconnect());
}
