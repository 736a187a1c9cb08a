/**
 * The layout of a long list. Only the rows near the view (the visible part of the list) have elements in the page; blank space
 * above and below stands for the others. When rows are added, removed or change their height, the row that the reader looks at
 * stays at its place on the screen. It is found by its key.
 *
 * The library `virtua` is not used because it finds rows by their index, which changes when both ends of a window move at once, or
 * when a divider is inserted.
 */
import { type Accessor, batch, createSignal, onCleanup } from "solid-js";

/** Rows within this many pixels above and below the view (the buffers) have elements as well. */
const BUFFER = 700;
/** More elements are made when a buffer is this many pixels smaller than BUFFER. */
const SLACK = 250;
/** The reader counts as being at the end if at most this many pixels are below the view. */
const NEAR = 32;

/** The size of the last list's view. A new list starts with it, so that it can place rows before the browser lays out the page. */
let lastSize = { width: 0, height: 0 };

/** The methods for the component that uses a list. */
export interface ListHandle {
  /** Go to the end, and stay there while the list grows. */
  toEnd(): void;
  /** Go to a row: its upper edge stands at `part` (0 to 1) of the height of the view. */
  to(key: string, part: number): void;
  /** Scroll as little as needed to make a row visible. Returns false if no row has this key. */
  reveal(key: string): boolean;
  /** The element of a row, if it is in the page. */
  element(key: string): HTMLElement | null;
}

/** The visible rows. */
export interface VisibleRows {
  /** Keys of the first and the last row that are at least partly visible. */
  first: string;
  last: string;
  /** Key of the last row whose lower edge is visible. */
  whole: string | null;
  /** Whether the reader is at the end. */
  atEnd: boolean;
  /** Pixels of the list above and below the view. */
  above: number;
  below: number;
}

export interface ListOptions<R extends { key: string }> {
  /** The expected height of a row in pixels, at the width of the list. */
  estimate: (row: R, width: number) => number;
  /** Whether a reader at the end stays at the end when rows are added. False while the log has events after the last row. */
  follows: Accessor<boolean>;
  /** Whether the list can keep this row at its place while others change. False for rows that are always first or last. */
  holds: (row: R) => boolean;
  onSeen: (seen: VisibleRows) => void;
}

interface Offset {
  key: string;
  /** Pixels from the upper edge of the view to the upper edge of the row. */
  offset: number;
}

export class VirtualList<R extends { key: string }> implements ListHandle {
  /** The rows that are in the page, and the blank space above and below them in pixels. */
  readonly mounted: Accessor<readonly R[]>;
  readonly leadPx: Accessor<number>;
  readonly trailPx: Accessor<number>;
  readonly #setMounted: (rows: readonly R[]) => void;
  readonly #setLead: (pixels: number) => void;
  readonly #setTrail: (pixels: number) => void;
  readonly #options: ListOptions<R>;
  #view!: HTMLElement;
  #rows: readonly R[] = [];
  readonly #index = new Map<string, number>();
  readonly #heights = new Map<string, number>();
  /** Estimated heights of rows that have not been measured. */
  #guesses = new WeakMap<R, number>();
  readonly #elements = new Map<string, HTMLElement>();
  /** rows[first] to rows[end - 1] are in the page, below `lead` pixels of blank space. */
  #first = 0;
  #end = 0;
  #lead = 0;
  #places: Offset[] = [];
  #pinned = true;
  #top = 0;
  #width = 0;
  #height = 0;
  /** The present size of the buffers: 0 until the visible rows are painted, so that these appear quickly, then BUFFER. */
  #buffer = 0;
  /** Whether the list was last scrolled by pointer. If the list then takes the focus of a removed row, it shows no focus ring. */
  #byHand = false;
  /** The row that had the focus when its element was removed, and the `data-part` in it. */
  #refocus: { key: string; part: string | undefined } | null = null;
  /** Elements that are not measured yet. Later changes of their size are reported by `#sizes`. */
  readonly #fresh = new Map<string, HTMLElement>();
  #isScheduled = false;
  #alive = true;
  #isReadying = false;
  #idle: ReturnType<typeof setTimeout> | undefined;
  readonly #sizes = new ResizeObserver((entries) => this.#resized(entries));

  constructor(options: ListOptions<R>) {
    this.#options = options;
    [this.mounted, this.#setMounted] = createSignal<readonly R[]>([]);
    [this.leadPx, this.#setLead] = createSignal(0);
    [this.trailPx, this.#setTrail] = createSignal(0);
  }

  // For Scroller.tsx --------------------------------------------------------------------------------------------------

  /** Call when the element of the list is in the page. */
  attach(view: HTMLElement): void {
    this.#view = view;
    if (lastSize.height === 0) lastSize = { width: view.clientWidth, height: view.clientHeight };
    this.#width = lastSize.width;
    this.#height = lastSize.height;
    this.#sizes.observe(view);
    // When the reader expands something, stop following the end of the list, or it could be scrolled out of view.
    view.addEventListener("click", this.#unpin, true);
    for (const name of ["wheel", "pointerdown", "keydown"]) view.addEventListener(name, this.#moved, { passive: true });
    view.addEventListener("blur", () => view.removeAttribute("data-passed"));
  }

  detach(): void {
    this.#alive = false;
    clearTimeout(this.#idle);
    this.#sizes.disconnect();
  }

  /** Call when the element of a row was created, in the row's component: the element is released when that is removed. */
  enter(row: R, element: HTMLElement): void {
    this.#elements.set(row.key, element);
    this.#fresh.set(row.key, element);
    this.#sizes.observe(element);
    if (this.#refocus?.key === row.key) {
      const { part } = this.#refocus;
      this.#refocus = null;
      queueMicrotask(() => {
        const parts = [...element.querySelectorAll<HTMLElement>("[data-part]")];
        const same = parts.find((each) => part !== undefined && each.dataset["part"] === part);
        (same ?? element.querySelector<HTMLElement>("[data-row]"))?.focus({ preventScroll: true });
      });
    }
    onCleanup(() => {
      // If the element has the focus, the list takes it, and gives it to the next element of a row with this key.
      const focused = document.activeElement;
      if (focused instanceof HTMLElement && element.contains(focused)) {
        this.#refocus = { key: row.key, part: focused.dataset["part"] };
        this.#view.toggleAttribute("data-passed", this.#byHand);
        this.#view.focus({ preventScroll: true });
      }
      // If the row was replaced by another object of the same key, that one may have its element already.
      if (this.#elements.get(row.key) === element) this.#elements.delete(row.key);
      this.#sizes.unobserve(element);
    });
  }

  /** Replace the rows of the list. */
  take(next: readonly R[]): void {
    // Most rows of a long list stay the same: skip them.
    let same = 0;
    while (same < this.#rows.length && same < next.length && this.#rows[same] === next[same]) same += 1;
    for (const gone of this.#rows.slice(same)) this.#index.delete(gone.key);
    for (const [at, row] of next.slice(same).entries()) this.#index.set(row.key, same + at);
    this.#rows = next;
    if (this.#heights.size > 3 * next.length + 200)
      for (const key of this.#heights.keys()) if (!this.#index.has(key)) this.#heights.delete(key);
    this.#schedule();
  }

  /** Call when the view was scrolled. */
  scrolled(): void {
    const before = this.#top;
    this.#top = this.#view.scrollTop;
    const below = this.#view.scrollHeight - this.#height - this.#top;
    if (below <= NEAR) this.#pinned = this.#options.follows();
    else if (this.#top < before - 1) this.#pinned = false;
    if (this.#rows.length === 0) return;
    const upper = this.#lead - this.#top;
    const lower = this.#lead + this.#sum(this.#first, this.#end) - this.#top;
    const least = Math.max(0, this.#buffer - SLACK);
    const isShort =
      (this.#first > 0 && upper > -least) || (this.#end < this.#rows.length && lower < this.#height + least);
    if (!isShort) {
      this.#note();
      return;
    }
    // If a row with an element is still visible, lay the others out around it. Otherwise the view has jumped: find the row for
    // this position.
    if (lower > 0 && upper < this.#height) {
      let at = this.#first;
      let edge = upper;
      while (at < this.#end - 1 && edge + this.#heightOf(at) <= 0) {
        edge += this.#heightOf(at);
        at += 1;
      }
      this.#settle(at, edge, true);
      if (this.#first === 0 || this.#lead < 1) this.#steady();
      return;
    }
    let at = 0;
    let edge = -this.#top + this.#lead - this.#sum(0, this.#first);
    while (at < this.#rows.length - 1 && edge + this.#heightOf(at) <= 0) {
      edge += this.#heightOf(at);
      at += 1;
    }
    this.#settle(at, edge, true);
  }

  // For the component that uses the list ------------------------------------------------------------------------------

  toEnd(): void {
    this.#pinned = true;
    this.#schedule();
  }

  to(key: string, part: number): void {
    this.#pinned = false;
    this.#places = [{ key, offset: Math.round(this.#height * part) }];
    // Wait for a microtask: the row may be added later in this turn of the event loop.
    queueMicrotask(() => {
      const at = this.#index.get(key);
      if (!this.#alive || at === undefined || this.#height === 0) return;
      this.#settle(at, Math.round(this.#height * part), false);
      this.#pinAtEnd();
    });
  }

  reveal(key: string): boolean {
    const at = this.#index.get(key);
    if (at === undefined) return false;
    const edge =
      this.#lead - this.#top + (at >= this.#first ? this.#sum(this.#first, at) : -this.#sum(at, this.#first));
    const size = this.#heightOf(at);
    if (edge < 0) this.#settle(at, Math.min(8, this.#height - size), false);
    else if (edge + size > this.#height) this.#settle(at, Math.max(0, this.#height - size - 8), false);
    this.#pinAtEnd();
    return true;
  }

  element(key: string): HTMLElement | null {
    return this.#elements.get(key) ?? null;
  }

  // Layout ------------------------------------------------------------------------------------------------------------

  #heightOf(at: number): number {
    const row = this.#rows[at];
    if (row === undefined) return 0;
    const known = this.#heights.get(row.key);
    if (known !== undefined) return known;
    let guess = this.#guesses.get(row);
    if (guess === undefined) {
      guess = this.#options.estimate(row, this.#width);
      this.#guesses.set(row, guess);
    }
    return guess;
  }

  #sum(from: number, to: number): number {
    let total = 0;
    for (let at = from; at < to; at += 1) total += this.#heightOf(at);
    return total;
  }

  /** Give elements to rows[from] to rows[to - 1], below `space` pixels of blank space. */
  #show(from: number, to: number, space: number): void {
    this.#first = from;
    this.#end = to;
    this.#lead = Math.max(0, space);
    const keep = this.mounted();
    const isSame = keep.length === to - from && keep.every((row, at) => row === this.#rows[from + at]);
    batch(() => {
      this.#setLead(this.#lead);
      this.#setTrail(this.#sum(this.#end, this.#rows.length));
      if (!isSame) this.#setMounted(this.#rows.slice(from, to));
    });
    this.#measure();
  }

  #measure(): void {
    for (const [key, element] of this.#fresh)
      if (element.isConnected) this.#heights.set(key, element.getBoundingClientRect().height);
    this.#fresh.clear();
  }

  /** The range of rows that fills the view and its buffers if row `at` stands at `offset`; `to` is exclusive. */
  #around(at: number, offset: number): { from: number; to: number } {
    let from = at;
    let to = at;
    for (let edge = offset; from > 0 && edge > -this.#buffer; ) {
      from -= 1;
      edge -= this.#heightOf(from);
    }
    for (let edge = offset; to < this.#rows.length && edge < this.#height + this.#buffer; ) {
      edge += this.#heightOf(to);
      to += 1;
    }
    return { from, to };
  }

  /** Lay the rows out so that row `at` stands at `offset`. `quiet`: keep the scroll position if possible. */
  #settle(at: number, offset: number, quiet: boolean): void {
    // If rows turn out lower than estimated, more of them fit: measure and try again, at most four times.
    for (let turn = 0; turn < 4; turn += 1) {
      const { from, to } = this.#around(at, offset);
      const space = quiet ? this.#top + offset - this.#sum(from, at) : this.#sum(0, from);
      this.#show(from, to, from === 0 ? 0 : space);
      const again = this.#around(at, offset);
      if (again.from >= from && again.to <= to) break;
    }
    const wanted = this.#top + offset;
    const is = this.#lead + this.#sum(this.#first, at);
    const surplus = is - wanted;
    if (Math.abs(surplus) >= 0.5) {
      if (quiet && this.#first > 0 && this.#lead - surplus >= 0) {
        this.#lead -= surplus;
        this.#setLead(this.#lead);
      } else this.#scrollTo(this.#top + surplus);
    }
    // Where rows turned out lower than estimated, the list was shorter for a moment, and the browser may have scrolled it.
    const below = offset + this.#sum(at, this.#rows.length) - this.#height;
    if (below < BUFFER && this.#view.scrollTop !== this.#top) this.#scrollTo(this.#top);
    this.#note();
  }

  #settleAtEnd(): void {
    let from = this.#rows.length;
    for (let turn = 0; turn < 4; turn += 1) {
      from = this.#rows.length;
      for (let above = 0; from > 0 && above < this.#height + this.#buffer; ) {
        from -= 1;
        above += this.#heightOf(from);
      }
      this.#show(from, this.#rows.length, this.#sum(0, from));
      if (this.#sum(from, this.#rows.length) >= this.#height || from === 0) break;
    }
    this.#scrollTo(this.#view.scrollHeight);
    this.#note();
  }

  #scrollTo(to: number): void {
    this.#view.scrollTop = to;
    this.#top = this.#view.scrollTop;
  }

  /** Remember the places of the visible rows, and report these rows by `onSeen`. */
  #note(): void {
    this.#places = [];
    let edge = this.#lead - this.#top;
    let firstSeen: string | null = null;
    let lastSeen: string | null = null;
    let whole: string | null = null;
    for (let at = this.#first; at < this.#end; at += 1) {
      const row = this.#rows[at];
      if (row === undefined) break;
      const bottom = edge + this.#heightOf(at);
      if (bottom > 0 && edge < this.#height) {
        firstSeen ??= row.key;
        lastSeen = row.key;
        if (bottom <= this.#height + 2) whole = row.key;
      }
      if (bottom > 0) this.#places.push({ key: row.key, offset: edge });
      edge = bottom;
    }
    if (firstSeen === null || lastSeen === null) return;
    const below = this.#view.scrollHeight - this.#height - this.#top;
    this.#options.onSeen({
      first: firstSeen,
      last: lastSeen,
      whole,
      atEnd: below <= NEAR,
      above: this.#sum(0, this.#first) - this.#lead + this.#top,
      below,
    });
  }

  /** The row that is to stay at its place on the screen, with its last offset; null if none of the visible rows is left. */
  #held(): Offset | null {
    let fallback: Offset | null = null;
    for (const place of this.#places) {
      const at = this.#index.get(place.key);
      const row = at === undefined ? undefined : this.#rows[at];
      if (row === undefined) continue;
      if (this.#options.holds(row)) return place;
      fallback ??= place;
    }
    return fallback;
  }

  #arrange(): void {
    if (this.#height === 0) return;
    if (this.#rows.length === 0) {
      this.#first = 0;
      this.#end = 0;
      this.#lead = 0;
      this.#places = [];
      batch(() => {
        this.#setMounted([]);
        this.#setLead(0);
        this.#setTrail(0);
      });
      return;
    }
    const place = this.#pinned ? null : this.#held();
    const at = place === null ? undefined : this.#index.get(place.key);
    if (place === null || at === undefined) this.#settleAtEnd();
    else this.#settle(at, place.offset, false);
    this.#makeReady();
    this.#pinAtEnd();
  }

  #makeReady(): void {
    if (this.#isReadying || this.#buffer > 0) return;
    this.#isReadying = true;
    // A task that is queued by a frame's callback runs after that frame is painted.
    requestAnimationFrame(() =>
      setTimeout(() => {
        this.#buffer = BUFFER;
        if (this.#alive) this.#arrange();
      }),
    );
  }

  /** Lay out in a microtask, once for all changes of this turn of the event loop. */
  #schedule(): void {
    if (this.#isScheduled) return;
    this.#isScheduled = true;
    queueMicrotask(() => {
      this.#isScheduled = false;
      if (this.#alive) this.#arrange();
    });
  }

  /** When scrolling has paused, correct the blank space above, which is the sum of estimated heights. */
  #steady(): void {
    clearTimeout(this.#idle);
    this.#idle = setTimeout(() => {
      const right = this.#first === 0 ? 0 : this.#sum(0, this.#first);
      if (!this.#alive || Math.abs(right - this.#lead) < 1) return;
      const delta = right - this.#lead;
      this.#lead = right;
      this.#setLead(right);
      this.#scrollTo(this.#top + delta);
      this.#note();
    }, 120);
  }

  readonly #moved = (event: Event): void => {
    this.#byHand = event.type !== "keydown";
    if (!this.#byHand) this.#view.removeAttribute("data-passed");
  };

  readonly #unpin = (event: MouseEvent): void => {
    if (event.target instanceof Element && event.target.closest("[aria-expanded]") !== null) this.#pinned = false;
  };

  #pinAtEnd(): void {
    this.#pinned = this.#options.follows() && this.#view.scrollHeight - this.#height - this.#top <= NEAR;
  }

  #resized(entries: readonly ResizeObserverEntry[]): void {
    let changed = false;
    for (const entry of entries) {
      if (entry.target === this.#view) {
        if (this.#view.clientWidth !== this.#width) {
          this.#width = this.#view.clientWidth;
          this.#guesses = new WeakMap();
          for (const key of this.#heights.keys()) if (!this.#elements.has(key)) this.#heights.delete(key);
        }
        this.#height = this.#view.clientHeight;
        lastSize = { width: this.#width, height: this.#height };
        changed = true;
        continue;
      }
      const key = (entry.target as HTMLElement).dataset["key"] ?? "";
      const now = entry.target.getBoundingClientRect().height;
      if (entry.target.isConnected && Math.abs((this.#heights.get(key) ?? -1) - now) >= 0.5) {
        this.#heights.set(key, now);
        changed = true;
      }
    }
    if (changed) this.#arrange();
  }
}
