/**
 * A long list of which only what can be seen is in the page. Nothing jumps under the reader: whatever changes above, below
 * or in between, the row that they look at stays where it is, by its key. `virtua` finds rows by their index, which does not
 * hold when both ends of a window move at once, or when a divider comes in between.
 */
import { type Accessor, batch, createEffect, createSignal, For, type JSX, on, onCleanup, onMount } from "solid-js";
import styles from "./Scroller.module.css";

/** Pixels beyond either edge for which rows are kept ready, and by how much that may be undercut before more are made. */
const BUFFER = 700;
const SLACK = 250;
/** What a list measured last: the next one stands in the same place, and need not be laid out before its rows are there. */
let lastSize = { width: 0, height: 0 };

/** So near to the end, the reader is at the end. */
const NEAR = 32;

export interface Handle {
  /** Go to the end, and stay there while the list grows. */
  toEnd(): void;
  /** Go to a row: its upper edge stands at `part` of the height of the view. */
  to(key: string, part: number): void;
  /** Bring a row into view, moving as little as is needed; false if there is none of this key. */
  reveal(key: string): boolean;
  /** The element of a row, if it is in the page. */
  element(key: string): HTMLElement | null;
}

export interface Seen {
  /** Keys of the first and the last row of which something can be seen, and of the last one whose end can. */
  first: string;
  last: string;
  whole: string | null;
  /** Whether the reader is at the end. */
  atEnd: boolean;
  /** Pixels to either end of what there is. */
  above: number;
  below: number;
}

export interface ScrollerProps<R extends { key: string }> {
  rows: Accessor<readonly R[]>;
  children: (row: R) => JSX.Element;
  /** What a row is likely to measure, in pixels, at the width of the list. */
  estimate: (row: R, width: number) => number;
  /** Whether what comes at the end is followed, by a reader who is there: not where the list ends and the log does not. */
  follows: Accessor<boolean>;
  /** Whether the reader's place may be held by this row: not by one that stays at an end whatever comes. */
  holds: (row: R) => boolean;
  onSeen: (seen: Seen) => void;
  ref: (handle: Handle) => void;
  /** What the list is for programs that read it out. */
  attributes: JSX.HTMLAttributes<HTMLDivElement>;
}

interface Place {
  key: string;
  /** Pixels from the upper edge of the view to that of the row. */
  offset: number;
}

export function Scroller<R extends { key: string }>(props: ScrollerProps<R>): JSX.Element {
  let view!: HTMLDivElement;
  let rows: readonly R[] = [];
  const index = new Map<string, number>();
  const heights = new Map<string, number>();
  /** What rows are likely to measure that have not been in the page. */
  let guesses = new WeakMap<R, number>();
  const elements = new Map<string, HTMLElement>();
  // What is in the page: rows[first] to rows[end - 1], and blank space of `lead` and `trail` pixels around them.
  let first = 0;
  let end = 0;
  let lead = 0;
  let places: Place[] = [];
  let pinned = true;
  let top = 0;
  let width = 0;
  let height = 0;
  // What can be seen at once is shown first; what may be seen next is made ready when that is done.
  let buffer = 0;

  const [mounted, setMounted] = createSignal<readonly R[]>([]);
  const [leadPx, setLead] = createSignal(0);
  const [trailPx, setTrail] = createSignal(0);

  const heightOf = (at: number): number => {
    const row = rows[at];
    if (row === undefined) return 0;
    const known = heights.get(row.key);
    if (known !== undefined) return known;
    let guess = guesses.get(row);
    if (guess === undefined) {
      guess = props.estimate(row, width);
      guesses.set(row, guess);
    }
    return guess;
  };
  const sum = (from: number, to: number): number => {
    let total = 0;
    for (let at = from; at < to; at += 1) total += heightOf(at);
    return total;
  };

  /** Put rows[from..to) into the page, with blank space around them. */
  const show = (from: number, to: number, space: number): void => {
    first = from;
    end = to;
    lead = Math.max(0, space);
    const keep = mounted();
    const isSame = keep.length === to - from && keep.every((row, at) => row === rows[from + at]);
    batch(() => {
      setLead(lead);
      setTrail(sum(end, rows.length));
      if (!isSame) setMounted(rows.slice(from, to));
    });
    measure();
  };

  /** Whether it was a pointer that moved the list last: who has one is not shown where the focus went. */
  let byHand = false;
  const moves = (event: Event): void => {
    byHand = event.type !== "keydown";
    if (!byHand) view.removeAttribute("data-passed");
  };
  /** The row that had the focus when it went out of the page. */
  let refocus: string | null = null;
  // Elements that have come into the page and are not measured; what changes later, the observer tells.
  const fresh = new Map<string, HTMLElement>();
  const measure = (): void => {
    for (const [key, element] of fresh)
      if (element.isConnected) heights.set(key, element.getBoundingClientRect().height);
    fresh.clear();
  };

  /** Widen or narrow what is in the page to what can be seen around a row that stands at `offset`. */
  const around = (at: number, offset: number): { from: number; to: number } => {
    let from = at;
    let to = at;
    for (let edge = offset; from > 0 && edge > -buffer; ) {
      from -= 1;
      edge -= heightOf(from);
    }
    for (let edge = offset; to < rows.length && edge < height + buffer; ) {
      edge += heightOf(to);
      to += 1;
    }
    return { from, to };
  };

  /** Lay the page out so that a row stands at its offset. `quiet`: without moving the scroll bar, if that can be. */
  const settle = (at: number, offset: number, quiet: boolean): void => {
    // What turns out to be lower than thought leaves room for more.
    for (let turn = 0; turn < 4; turn += 1) {
      const { from, to } = around(at, offset);
      const space = quiet ? top + offset - sum(from, at) : sum(0, from);
      show(from, to, from === 0 ? 0 : space);
      const again = around(at, offset);
      if (again.from >= from && again.to <= to) break;
    }
    const wanted = top + offset;
    const is = lead + sum(first, at);
    const surplus = is - wanted;
    if (Math.abs(surplus) >= 0.5) {
      if (quiet && first > 0 && lead - surplus >= 0) {
        lead -= surplus;
        setLead(lead);
      } else scrollTo(top + surplus);
    }
    // While what is lower than thought was laid out, the end was higher up, and took a view near it along.
    const below = offset + sum(at, rows.length) - height;
    if (below < BUFFER && view.scrollTop !== top) scrollTo(top);
    note();
  };

  const scrollTo = (to: number): void => {
    view.scrollTop = to;
    top = view.scrollTop;
  };

  const settleAtEnd = (): void => {
    let from = rows.length;
    for (let turn = 0; turn < 4; turn += 1) {
      from = rows.length;
      for (let above = 0; from > 0 && above < height + buffer; ) {
        from -= 1;
        above += heightOf(from);
      }
      show(from, rows.length, sum(0, from));
      if (sum(from, rows.length) >= height || from === 0) break;
    }
    scrollTo(view.scrollHeight);
    note();
  };

  /** Remember where what can be seen stands, and tell. */
  const note = (): void => {
    places = [];
    let edge = lead - top;
    let firstSeen: string | null = null;
    let lastSeen: string | null = null;
    let whole: string | null = null;
    for (let at = first; at < end; at += 1) {
      const row = rows[at];
      if (row === undefined) break;
      const bottom = edge + heightOf(at);
      if (bottom > 0 && edge < height) {
        firstSeen ??= row.key;
        lastSeen = row.key;
        if (bottom <= height + 2) whole = row.key;
      }
      if (bottom > 0) places.push({ key: row.key, offset: edge });
      edge = bottom;
    }
    if (firstSeen === null || lastSeen === null) return;
    const below = view.scrollHeight - height - top;
    props.onSeen({
      first: firstSeen,
      last: lastSeen,
      whole,
      atEnd: below <= NEAR,
      above: sum(0, first) - lead + top,
      below,
    });
  };

  /** The row that holds the reader's place, as it stood. */
  const held = (): Place | null => {
    let fallback: Place | null = null;
    for (const place of places) {
      const at = index.get(place.key);
      const row = at === undefined ? undefined : rows[at];
      if (row === undefined) continue;
      if (props.holds(row)) return place;
      fallback ??= place;
    }
    return fallback;
  };

  const arrange = (): void => {
    if (height === 0) return;
    if (rows.length === 0) {
      first = 0;
      end = 0;
      lead = 0;
      places = [];
      batch(() => {
        setMounted([]);
        setLead(0);
        setTrail(0);
      });
      return;
    }
    const place = pinned ? null : held();
    const at = place === null ? undefined : index.get(place.key);
    if (place === null || at === undefined) settleAtEnd();
    else settle(at, place.offset, false);
    makeReady();
    pinned = props.follows() && view.scrollHeight - height - top <= NEAR;
  };

  let isScheduled = false;
  let alive = true;
  let isReadying = false;
  const makeReady = (): void => {
    if (isReadying || buffer > 0) return;
    isReadying = true;
    // A task that a frame begins comes after what it draws.
    requestAnimationFrame(() =>
      setTimeout(() => {
        buffer = BUFFER;
        if (alive) arrange();
      }),
    );
  };
  /** Once this turn of the page's loop is over: then the rows that came together are laid out together. */
  const schedule = (): void => {
    if (isScheduled) return;
    isScheduled = true;
    queueMicrotask(() => {
      isScheduled = false;
      if (alive) arrange();
    });
  };

  const take = (next: readonly R[]): void => {
    // In a long list most of it stays as it was.
    let same = 0;
    while (same < rows.length && same < next.length && rows[same] === next[same]) same += 1;
    for (const gone of rows.slice(same)) index.delete(gone.key);
    for (const [at, row] of next.slice(same).entries()) index.set(row.key, same + at);
    rows = next;
    if (heights.size > 3 * next.length + 200)
      for (const key of heights.keys()) if (!index.has(key)) heights.delete(key);
    schedule();
  };

  const scrolled = (): void => {
    const before = top;
    top = view.scrollTop;
    const below = view.scrollHeight - height - top;
    if (below <= NEAR) pinned = props.follows();
    else if (top < before - 1) pinned = false;
    if (rows.length === 0) return;
    const upper = lead - top;
    const lower = lead + sum(first, end) - top;
    const least = Math.max(0, buffer - SLACK);
    const isShort = (first > 0 && upper > -least) || (end < rows.length && lower < height + least);
    if (!isShort) {
      note();
      return;
    }
    // Where a row is seen that was there before, it holds; after a leap it is the one that should stand there.
    if (lower > 0 && upper < height) {
      let at = first;
      let edge = upper;
      while (at < end - 1 && edge + heightOf(at) <= 0) {
        edge += heightOf(at);
        at += 1;
      }
      settle(at, edge, true);
      if (first === 0 || lead < 1) steady();
      return;
    }
    let at = 0;
    let edge = -top + lead - sum(0, first);
    while (at < rows.length - 1 && edge + heightOf(at) <= 0) {
      edge += heightOf(at);
      at += 1;
    }
    settle(at, edge, true);
  };

  /** What was guessed wrong above is put right once nobody notices. */
  let idle: ReturnType<typeof setTimeout> | undefined;
  const steady = (): void => {
    clearTimeout(idle);
    idle = setTimeout(() => {
      const right = first === 0 ? 0 : sum(0, first);
      if (!alive || Math.abs(right - lead) < 1) return;
      const delta = right - lead;
      lead = right;
      setLead(right);
      scrollTo(top + delta);
      note();
    }, 120);
  };

  const sizes = new ResizeObserver((entries) => {
    let changed = false;
    for (const entry of entries) {
      if (entry.target === view) {
        if (view.clientWidth !== width) {
          width = view.clientWidth;
          guesses = new WeakMap();
          for (const key of heights.keys()) if (!elements.has(key)) heights.delete(key);
        }
        height = view.clientHeight;
        lastSize = { width, height };
        changed = true;
        continue;
      }
      const key = (entry.target as HTMLElement).dataset["key"] ?? "";
      const now = entry.target.getBoundingClientRect().height;
      if (entry.target.isConnected && Math.abs((heights.get(key) ?? -1) - now) >= 0.5) {
        heights.set(key, now);
        changed = true;
      }
    }
    if (changed) arrange();
  });

  const unpin = (event: MouseEvent): void => {
    if (event.target instanceof Element && event.target.closest("[aria-expanded]") !== null) pinned = false;
  };
  onMount(() => {
    if (lastSize.height === 0) lastSize = { width: view.clientWidth, height: view.clientHeight };
    ({ width, height } = lastSize);
    sizes.observe(view);
    // Who opens something at the end wants to read it, and not what comes to stand at the end then.
    view.addEventListener("click", unpin, true);
    for (const name of ["wheel", "pointerdown", "keydown"]) view.addEventListener(name, moves, { passive: true });
    view.addEventListener("blur", () => view.removeAttribute("data-passed"));
  });
  onCleanup(() => {
    alive = false;
    clearTimeout(idle);
    sizes.disconnect();
  });
  createEffect(on(props.rows, take));

  props.ref({
    toEnd() {
      pinned = true;
      schedule();
    },
    to(key, part) {
      pinned = false;
      places = [{ key, offset: Math.round(height * part) }];
      // The row may be among those that are taken in this turn.
      queueMicrotask(() => {
        const at = index.get(key);
        if (!alive || at === undefined || height === 0) return;
        settle(at, Math.round(height * part), false);
        pinned = props.follows() && view.scrollHeight - height - top <= NEAR;
      });
    },
    reveal(key) {
      const at = index.get(key);
      if (at === undefined) return false;
      const edge = lead - top + (at >= first ? sum(first, at) : -sum(at, first));
      const size = heightOf(at);
      if (edge < 0) settle(at, Math.min(8, height - size), false);
      else if (edge + size > height) settle(at, Math.max(0, height - size - 8), false);
      pinned = props.follows() && view.scrollHeight - height - top <= NEAR;
      return true;
    },
    element: (key) => elements.get(key) ?? null,
  });

  return (
    <div {...props.attributes} ref={view} class={styles["view"]} onScroll={scrolled}>
      <div style={{ height: `${leadPx()}px` }} aria-hidden="true" />
      <For each={mounted()}>
        {(row) => {
          const enter = (element: HTMLElement): void => {
            elements.set(row.key, element);
            fresh.set(row.key, element);
            sizes.observe(element);
            if (refocus === row.key) {
              refocus = null;
              queueMicrotask(() => element.querySelector<HTMLElement>("[data-row]")?.focus({ preventScroll: true }));
            }
            onCleanup(() => {
              // The focus is never lost: the row that takes this one's place gets it, and the list where none does.
              if (element.contains(document.activeElement)) {
                refocus = row.key;
                view.toggleAttribute("data-passed", byHand);
                view.focus({ preventScroll: true });
              }
              // A changed row of the same key may be there already.
              if (elements.get(row.key) === element) elements.delete(row.key);
              sizes.unobserve(element);
            });
          };
          return (
            <div ref={enter} class={styles["row"]} data-key={row.key}>
              {props.children(row)}
            </div>
          );
        }}
      </For>
      <div style={{ height: `${trailPx()}px` }} aria-hidden="true" />
    </div>
  );
}
