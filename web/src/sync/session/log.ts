import { EMPTY_WINDOW, type LogWindow, type Problem, type RoomEvent, type Seq } from "../types";

/** How many events a window shows at first. */
export const PAGE = 100;
/** How many events a window holds while its reader goes back and forth; what is on the other side is let go of. */
const MOST_BY_PAGES = 800;
/** How many it holds while new ones come in. Many: its reader may be anywhere in it, and must not lose the place. */
const MOST_LIVE = 4_000;
/** How many while it is on no screen: nobody has a place in it. */
const MOST_RESTING = 300;
/** How many are let go of at a time where there may be many. */
const TRIM_LIVE = 1_000;

/** Where a window shall be. */
export type Place = "newest" | { seq: Seq };

/**
 * The piece of a room's log that is held in memory for a screen: it has no holes, is moved by pages, and follows the log's end
 * while it is there. Pure: it is told what has come, and does not know from where.
 */
export class Log {
  #window: LogWindow = EMPTY_WINDOW;
  #isResting = false;

  get window(): LogWindow {
    return this.#window;
  }

  /** The seq of the first event, 0 if there is none. */
  get first(): Seq {
    return this.#window.events[0]?.seq ?? 0;
  }

  /** The seq of the last event, 0 if there is none. */
  get last(): Seq {
    return this.#window.events.at(-1)?.seq ?? 0;
  }

  get isEmpty(): boolean {
    return this.#window.events.length === 0;
  }

  /** Show another piece. */
  place(events: readonly RoomEvent[], atStart: boolean, atTip: boolean): void {
    this.#window = { ...EMPTY_WINDOW, events, atStart, atTip };
  }

  clear(): void {
    this.#window = EMPTY_WINDOW;
  }

  /** Whether the window follows the log's end, and shows that place. */
  shows(at: Place): boolean {
    return this.#window.atTip && !this.isEmpty && (at === "newest" || (this.first <= at.seq && at.seq <= this.last));
  }

  /** Be off the screen, and go on following the log's end. Returns whether there is anything to come back to; else it is empty. */
  rest(): boolean {
    const { atTip, atStart, events } = this.#window;
    const kept = atTip ? events.slice(-PAGE) : [];
    this.#window = { ...EMPTY_WINDOW, events: kept, atTip, atStart: atStart && kept.length === events.length };
    this.#isResting = kept.length > 0;
    if (kept.length === 0) this.clear();
    return this.#isResting;
  }

  /** Be on a screen again. */
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

  /** A page that ends right before the window's first event. Returns false if it does not fit. */
  addOlder(events: readonly RoomEvent[], atStart: boolean): boolean {
    const fresh = events.filter((event) => event.seq < this.first);
    if (fresh.length > 0 && fresh.at(-1)?.seq !== this.first - 1) return false;
    let all = [...fresh, ...this.#window.events];
    let atTip = this.#window.atTip;
    if (all.length > MOST_BY_PAGES && fresh.length > 0) {
      all = all.slice(0, MOST_BY_PAGES);
      atTip = false;
    }
    this.#window = { ...this.#window, events: all, atStart, atTip, problem: null };
    return true;
  }

  /** A page that follows right on the window's last event. Returns false if it does not fit. */
  addNewer(events: readonly RoomEvent[], atTip: boolean): boolean {
    const fresh = events.filter((event) => event.seq > this.last);
    if (fresh.length > 0 && fresh[0]?.seq !== this.last + 1) return false;
    let all = [...this.#window.events, ...fresh];
    let atStart = this.#window.atStart;
    if (all.length > MOST_BY_PAGES && fresh.length > 0) {
      all = all.slice(-MOST_BY_PAGES);
      atStart = false;
    }
    this.#window = { ...this.#window, events: all, atStart, atTip, problem: null };
    return true;
  }

  /** What has been added to the log. Returns whether the window shows it. */
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
    let all = [...window.events, ...fresh];
    let atStart = window.atStart;
    if (all.length > (this.#isResting ? MOST_RESTING : MOST_LIVE)) {
      all = all.slice(this.#isResting ? -PAGE : all.length - MOST_LIVE + TRIM_LIVE);
      atStart = false;
    }
    this.#window = { ...window, events: all, atStart };
    return true;
  }

  /** The log goes on after the window's end, in a piece that is not here. */
  detach(): void {
    this.#window = { ...this.#window, atTip: false };
  }
}
