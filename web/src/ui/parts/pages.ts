/** A list that the server gives out in pages, by what is typed: for rooms, people and members, of which there may be thousands. */
import { type Accessor, createEffect, createSignal, on, onCleanup } from "solid-js";
import type { Answer, Found } from "../../sync/types";
import { sentence } from "../../text";

/** Milliseconds after the last key until the server is asked. */
const PAUSE = 120;

export interface Pages<T> {
  /** What was found so far; undefined before the first answer. While another query is being answered, the old answer stays. */
  items: Accessor<readonly T[] | undefined>;
  /** The query that `items` answers. */
  answered: Accessor<string>;
  /** Whether there are more pages. */
  hasMore: Accessor<boolean>;
  /** Why the last question was not answered, as a sentence; empty if it was. */
  problem: Accessor<string>;
  /** Ask for the next page, unless one is being asked for. */
  more: () => void;
}

/**
 * @param ask asks the server for the page after `next`.
 * @param query what was typed. Null asks for nothing, and finds nothing.
 */
export function createPages<T>(
  ask: (query: string, next: string) => Promise<Answer<Found<T>>>,
  query: Accessor<string | null>,
): Pages<T> {
  const [found, setFound] = createSignal<{ query: string; items: readonly T[]; next: string } | undefined>();
  const [problem, setProblem] = createSignal("");
  /** Counts the questions: an answer to any but the last one is stale. */
  let asked = 0;
  let waits = false;
  const put = async (wanted: string, next: string, before: readonly T[]): Promise<void> => {
    const mine = ++asked;
    waits = true;
    const answer = await ask(wanted, next);
    if (mine !== asked) return;
    waits = false;
    setProblem(answer.ok ? "" : sentence(answer.problem));
    if (answer.ok) {
      const { items, next: following } = answer.value;
      setFound({ query: wanted, items: [...before, ...items], next: following });
      // A page may be empty and have a next one.
      if (items.length === 0 && following !== "") void put(wanted, following, before);
    }
  };
  let timer: ReturnType<typeof setTimeout> | undefined;
  createEffect(
    on(query, (wanted, before) => {
      clearTimeout(timer);
      asked += 1;
      waits = false;
      if (wanted === null) setFound(undefined);
      else if (before === undefined) void put(wanted, "", []);
      else timer = setTimeout(() => void put(wanted, "", []), PAUSE);
    }),
  );
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

/** Calls `more` while the end of a list, where this element is, is near what is visible. */
export function atEndOfList(element: HTMLElement, more: () => void): void {
  const observer = new IntersectionObserver((entries) => entries.some((entry) => entry.isIntersecting) && more(), {
    rootMargin: "600px",
  });
  observer.observe(element);
  onCleanup(() => observer.disconnect());
}
