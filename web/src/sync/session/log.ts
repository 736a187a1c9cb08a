import { after, foldRuns } from "../runs";
import { EMPTY_WINDOW, firstSeq, type LogWindow, type Problem, type RoomEvent, type Seq } from "../types";

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
 * the end of the log. Pure: it does not know whether events come from the store or from the server.
 */
export class Log {
  #window: LogWindow = EMPTY_WINDOW;
  #isResting = false;

  get window(): LogWindow {
    return this.#window;
  }

  /** The seq of the first event, 0 if there is none. */
  get first(): Seq {
    const [first] = this.#window.events;
    return first === undefined ? 0 : firstSeq(first);
  }

  /** The seq of the last event, 0 if there is none. */
  get last(): Seq {
    return this.#window.events.at(-1)?.seq ?? 0;
  }

  get isEmpty(): boolean {
    return this.#window.events.length === 0;
  }

  /** Replace the window by another part of the log. */
  place(events: readonly RoomEvent[], atStart: boolean, atTip: boolean): void {
    this.#window = { ...EMPTY_WINDOW, events: foldRuns(events), atStart, atTip };
  }

  clear(): void {
    this.#window = EMPTY_WINDOW;
  }

  /** Whether the window is at the end of the log and contains that position. */
  shows(at: LogPosition): boolean {
    return this.#window.atTip && !this.isEmpty && (at === "newest" || (this.first <= at.seq && at.seq <= this.last));
  }

  /** Call when the room is no longer shown. A window at the end of the log keeps its last page; any other is cleared. Returns
   * whether a page is kept. */
  rest(): boolean {
    const { atTip, atStart, events } = this.#window;
    const kept = atTip ? events.slice(-PAGE) : [];
    this.#window = { ...EMPTY_WINDOW, events: kept, atTip, atStart: atStart && kept.length === events.length };
    this.#isResting = kept.length > 0;
    if (kept.length === 0) this.clear();
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

  /** Add a page that ends right before the first event. Returns false if it does not fit. */
  addOlder(events: readonly RoomEvent[], atStart: boolean): boolean {
    const fresh = events.filter((event) => event.seq < this.first);
    if (fresh.length > 0 && fresh.at(-1)?.seq !== this.first - 1) return false;
    let all = foldRuns([...fresh, ...this.#window.events]);
    let atTip = this.#window.atTip;
    if (all.length > MOST_BY_PAGES && fresh.length > 0) {
      all = all.slice(0, MOST_BY_PAGES);
      atTip = false;
    }
    this.#window = { ...this.#window, events: all, atStart, atTip, problem: null };
    return true;
  }

  /** Add a page that begins right after the last event. Returns false if it does not fit. */
  addNewer(events: readonly RoomEvent[], atTip: boolean): boolean {
    const fresh = events.flatMap((event) => after(event, this.last) ?? []);
    const [next] = fresh;
    if (next !== undefined && firstSeq(next) !== this.last + 1) return false;
    let all = foldRuns([...this.#window.events, ...fresh]);
    let atStart = this.#window.atStart;
    if (all.length > MOST_BY_PAGES && fresh.length > 0) {
      all = all.slice(-MOST_BY_PAGES);
      atStart = false;
    }
    this.#window = { ...this.#window, events: all, atStart, atTip, problem: null };
    return true;
  }

  /** Events were appended to the log. Returns whether the window has changed. */
  addLive(events: readonly RoomEvent[]): boolean {
    const window = this.#window;
    if (!window.atTip) return false;
    const fresh = events.filter((event) => event.seq > this.last);
    const next = fresh[0];
    if (next === undefined) return false;
    if (!this.isEmpty && next.seq !== this.last + 1) {
      this.detach();
      return true;
    }
    let all = foldRuns([...window.events, ...fresh]);
    let atStart = window.atStart;
    if (all.length > (this.#isResting ? MOST_RESTING : MOST_LIVE)) {
      all = all.slice(this.#isResting ? -PAGE : all.length - MOST_LIVE + TRIM_LIVE);
      atStart = false;
    }
    this.#window = { ...window, events: all, atStart };
    return true;
  }

  /** Mark the window as not at the end of the log: events follow that it does not have. */
  detach(): void {
    this.#window = { ...this.#window, atTip: false };
  }
}
