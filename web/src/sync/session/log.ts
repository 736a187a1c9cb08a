import { applied, changedBy, isListed } from "../forms";
import { after, foldRuns } from "../runs";
import type { SeqRange } from "../seqRanges";
import { EMPTY_WINDOW, firstSeq, type LogWindow, type Problem, type RoomEvent, type Seq, type UserId } from "../types";

/** Events per page. */
export const PAGE = 100;
/** The most events of a window that grows by pages; events at the other end are dropped. */
const MOST_BY_PAGES = 800;
/** The most events of a window that grows by live events. Large, because the reader may be anywhere in it. */
const MOST_LIVE = 4_000;
/** The most events of a window that is not shown. */
const MOST_RESTING = 300;
/** How many events are dropped at once from a window that has reached MOST_LIVE. */
const TRIM_LIVE = 1_000;

/** Where to place a window. */
export type LogPosition = "newest" | { seq: Seq };

/**
 * The window of a room's log: a contiguous part that is held in memory. It grows by pages, and by live events while it is at
 * the end of the log. It covers all seqs from `first` to `last`, but does not list all of their events (`isListed`). Pure: it does
 * not know whether events come from the store or from the server.
 */
export class Log {
  #window: LogWindow = EMPTY_WINDOW;
  #first: Seq = 0;
  #isResting = false;

  get window(): LogWindow {
    return this.#window;
  }

  /** The seq of the first event that the window covers, 0 if it covers none. */
  get first(): Seq {
    return this.#first;
  }

  /** The seq of the last event that the window covers, 0 if it covers none. */
  get last(): Seq {
    return this.#window.last;
  }

  get isEmpty(): boolean {
    return this.#first === 0;
  }

  /** Replace the window by another part of the log. An empty range (last < first) makes an empty window. */
  place(events: readonly RoomEvent[], [first, last]: SeqRange, atStart: boolean, atTip: boolean): void {
    const { changes } = this.#window;
    const covers = last >= first && last > 0;
    this.#first = covers ? first : 0;
    const listed = foldRuns(events.filter(isListed));
    this.#window = { ...EMPTY_WINDOW, events: listed, last: covers ? last : 0, changes, atStart, atTip };
  }

  clear(): void {
    this.#first = 0;
    this.#window = EMPTY_WINDOW;
  }

  /** The message `seq`, if the window lists it. */
  held(seq: Seq): RoomEvent | undefined {
    return this.#window.events[indexOf(this.#window.events, seq)];
  }

  /** Whether the window is at the end of the log and contains that position. */
  shows(at: LogPosition): boolean {
    return this.#window.atTip && !this.isEmpty && (at === "newest" || (this.first <= at.seq && at.seq <= this.last));
  }

  /** Call when the room is no longer shown. A window at the end of the log keeps its last page; any other is cleared. Returns
   * whether a page is kept. */
  rest(): boolean {
    const { atTip, events } = this.#window;
    const kept = atTip ? events.slice(-PAGE) : [];
    const [first] = kept;
    this.#isResting = first !== undefined;
    if (first === undefined) this.clear();
    else {
      this.#drop(kept.length < events.length ? kept : events, this.last);
      this.#window = { ...this.#window, loadingOlder: false, loadingNewer: false, problem: null };
    }
    return this.#isResting;
  }

  /** The room is shown again. */
  wake(): void {
    this.#isResting = false;
  }

  loading(direction: "older" | "newer", loading: boolean): void {
    const name = direction === "older" ? "loadingOlder" : "loadingNewer";
    if (this.#window[name] !== loading) this.#window = { ...this.#window, [name]: loading };
  }

  problem(problem: Problem | null): void {
    if (this.#window.problem !== problem) this.#window = { ...this.#window, problem };
  }

  /** Add a page that covers the seqs up to the first one of the window. Returns false if it does not fit. */
  addOlder(events: readonly RoomEvent[], [first, last]: SeqRange, atStart: boolean): boolean {
    const isCovering = last >= first;
    if (isCovering && last < this.first - 1) return false;
    const fresh = events.filter((event) => event.seq < this.first && isListed(event));
    if (isCovering) this.#first = Math.min(this.#first, first);
    let all = foldRuns([...fresh, ...this.#window.events]);
    let { atTip, last: end } = this.#window;
    if (all.length > MOST_BY_PAGES && fresh.length > 0) {
      all = all.slice(0, MOST_BY_PAGES);
      end = all.at(-1)?.seq ?? end;
      atTip = false;
    }
    this.#window = { ...this.#window, events: all, last: end, atStart, atTip, problem: null };
    return true;
  }

  /** Add a page that covers the seqs from the last one of the window on. Returns false if it does not fit. */
  addNewer(events: readonly RoomEvent[], [first, last]: SeqRange, atTip: boolean): boolean {
    if (last >= first && first > this.last + 1) return false;
    const fresh = events.flatMap((event) => (isListed(event) ? (after(event, this.last) ?? []) : []));
    const all = foldRuns([...this.#window.events, ...fresh]);
    const end = Math.max(this.last, last);
    this.#window = { ...this.#window, events: all, last: end, atTip, problem: null };
    if (all.length > MOST_BY_PAGES && fresh.length > 0) this.#drop(all.slice(-MOST_BY_PAGES), end);
    return true;
  }

  /**
   * Events were appended to the log. Returns whether the window has changed.
   *
   * @param me the user.
   */
  addLive(events: readonly RoomEvent[], me: UserId): boolean {
    const isChanged = this.apply(events, me);
    const fresh = events.filter((event) => event.seq > this.last);
    const [next] = fresh;
    if (!this.#window.atTip || next === undefined) return isChanged;
    if (!this.isEmpty && next.seq !== this.last + 1) {
      this.detach();
      return true;
    }
    if (this.isEmpty) this.#first = next.seq;
    const all = foldRuns([...this.#window.events, ...fresh.filter(isListed)]);
    const end = fresh.at(-1)?.seq ?? this.last;
    this.#window = { ...this.#window, events: all, last: end };
    // A message and its edit may arrive at once.
    this.apply(fresh, me);
    if (all.length > (this.#isResting ? MOST_RESTING : MOST_LIVE))
      this.#drop(this.#window.events.slice(this.#isResting ? -PAGE : all.length - MOST_LIVE + TRIM_LIVE), end);
    return true;
  }

  /** Apply the changes among `events` to the messages of the window. Returns whether one has changed. */
  apply(events: readonly RoomEvent[], me: UserId): boolean {
    let all: RoomEvent[] | null = null;
    for (const event of events) {
      for (const seq of changedBy(event)) {
        const at = indexOf(all ?? this.#window.events, seq);
        const held = (all ?? this.#window.events)[at];
        const next = held === undefined ? undefined : applied(held, event, me);
        if (next === undefined || next === held) continue;
        all ??= [...this.#window.events];
        all[at] = next;
      }
    }
    if (all !== null) this.#window = { ...this.#window, events: all, changes: this.#window.changes + 1 };
    return all !== null;
  }

  /** Mark the window as not at the end of the log: events follow that it does not have. */
  detach(): void {
    this.#window = { ...this.#window, atTip: false };
  }

  /** Keep only these events, the last ones of the window. */
  #drop(kept: readonly RoomEvent[], last: Seq): void {
    const [first] = kept;
    const isWhole = kept.length === this.#window.events.length;
    if (!isWhole) this.#first = first === undefined ? last + 1 : firstSeq(first);
    this.#window = { ...this.#window, events: kept, last, atStart: isWhole && this.#window.atStart };
  }
}

/** The index of the message `seq` in events that are sorted by seq; -1 if it is not there. */
function indexOf(events: readonly RoomEvent[], seq: Seq): number {
  let [low, high] = [0, events.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((events[middle]?.seq ?? 0) < seq) low = middle + 1;
    else high = middle;
  }
  return events[low]?.seq === seq && events[low]?.run === undefined ? low : -1;
}
