import type { Ticket } from "../effects";
import { applied, changedBy } from "../forms";
import { ProtocolViolation, type ServerFrame } from "../frames";
import { heldParts } from "../runs";
import { rangeAt, rangesFrom, type SeqRange } from "../seqRanges";
import {
  firstSeq,
  isMessage,
  type Millis,
  type Problem,
  type RoomEvent,
  type RoomId,
  type Seq,
  type UserId,
} from "../types";
import { type LogPosition, PAGE } from "./log";
import type { Outbound } from "./outbound";
import { CANCELLED, NOT_THERE, OFFLINE, type Page, type Question } from "./requests";
import type { RoomState } from "./roomState";

/** If a window has fewer events than this, a further page is loaded at once. */
const FULL = 50;
/** How many closed rooms keep their window, so that they can be shown again at once. */
const RESTING = 4;
/** The most pages that are loaded in advance, per room and connection. */
const BACKFILLS = 25;
/** Milliseconds after connecting until pages are loaded in advance. */
const BACKFILL_AFTER = 500;

/** Where the user wants to place a window. */
export type WindowTarget = "newest" | "unread" | { seq: Seq };

/** Whether pages can be loaded from the server. */
export type Reachability =
  /** The store is being read. */
  | "starting"
  /** The client is connecting. */
  | "soon"
  | "ready"
  /** There is no connection, and the next attempt is later. */
  | "apart";

interface Reading {
  room: RoomId;
  epoch: string;
  page: Page;
  range: SeqRange;
  /** Changes that have arrived since the reading began: they may be missing in what is read. */
  missed: RoomEvent[];
}

/**
 * Moves the windows of rooms. A page is read from the store if it is there, else loaded from the server; both end in `#show`.
 */
export class LogWindows {
  reachability: Reachability = "starting";
  /** The user's id. */
  me: UserId = 0;
  /** When to begin to load pages in advance; infinite after it has begun. */
  backfillAt: Millis = Number.POSITIVE_INFINITY;
  readonly #outbound: Outbound;
  readonly #rooms: ReadonlyMap<RoomId, RoomState>;
  /** The last call of `open` for each room, if it is not carried out yet. */
  readonly #wishes = new Map<RoomId, { at: WindowTarget; ticket: Ticket | null }>();
  /** Pages that are being read from the store, by number. */
  readonly #reading = new Map<number, Reading>();
  /** Rooms that are not shown but keep a window at the end of their log. The room that was closed last is last. */
  readonly #resting = new Set<RoomId>();
  #lastPage = 0;

  constructor(outbound: Outbound, rooms: ReadonlyMap<RoomId, RoomState>) {
    this.#outbound = outbound;
    this.#rooms = rooms;
  }

  /** Move a room's window. The answer says which event to scroll to. */
  open(room: RoomId, at: WindowTarget, ticket: Ticket | null): void {
    this.#cancel(room);
    this.#resting.delete(room);
    this.#rooms.get(room)?.log.wake();
    this.#wishes.set(room, { at, ticket });
    this.grant(room);
  }

  /** Open a window anew: its events are of a replaced history, or events between it and the end of the log are missing. */
  reopen(room: RoomId, at: LogPosition): void {
    if (this.#resting.has(room)) this.#clear(room);
    else if (!this.#wishes.has(room)) this.#wishes.set(room, { at, ticket: null });
  }

  /** The room is not shown any more. */
  close(room: RoomId): void {
    this.#cancel(room);
    const state = this.#rooms.get(room);
    if (state === undefined) return;
    this.release(state);
    this.#resting.delete(room);
    if (state.log.rest()) this.#resting.add(room);
    const [oldest] = this.#resting;
    if (oldest !== undefined && this.#resting.size > RESTING) this.#clear(oldest);
    this.#outbound.changed({ what: "log", room });
  }

  #clear(room: RoomId): void {
    this.#resting.delete(room);
    this.#rooms.get(room)?.log.clear();
  }

  /** Answer all calls that wait for pages of a room, as the room is gone or no longer shown. */
  release(state: RoomState): void {
    state.opening = null;
    this.#extended(state, "older");
    this.#extended(state, "newer");
  }

  /** Answer a waiting `open` with a problem. */
  deny(room: RoomId, problem: Problem): void {
    const wish = this.#wishes.get(room);
    this.#wishes.delete(room);
    if (wish !== undefined) this.#outbound.answer(wish.ticket, { ok: false, problem });
  }

  denyAll(problem: Problem): void {
    for (const room of [...this.#wishes.keys()]) this.deny(room, problem);
  }

  grantAll(): void {
    for (const room of [...this.#wishes.keys()]) this.grant(room);
  }

  /** Carry out a waiting `open`, if that is possible now. */
  grant(room: RoomId): void {
    const wish = this.#wishes.get(room);
    if (wish === undefined || this.reachability === "starting") return;
    const state = this.#rooms.get(room);
    if (state === undefined) {
      if (this.reachability === "ready") this.deny(room, NOT_THERE);
      else if (this.reachability === "apart") this.#postpone(room);
      return;
    }
    let at: LogPosition;
    let unreadAfter: Seq | null = null;
    if (wish.at === "unread" && state.room.unread > 0) {
      unreadAfter = Math.max(state.room.read, state.room.floor - 1);
      at = { seq: unreadAfter + 1 };
    } else {
      at = wish.at === "unread" ? "newest" : wish.at;
    }
    const page: Page = { purpose: "open", at, ticket: wish.ticket, unreadAfter };
    if (typeof wish.at === "string" && state.log.shows(at)) {
      this.#wishes.delete(room);
      this.#outbound.answer(wish.ticket, { ok: true, value: { seq: this.#anchor(page, state.log.window.events) } });
      this.#outbound.changed({ what: "log", room });
      this.#round(state, page, state.end);
      return;
    }
    const piece = this.#pieceFor(state, at);
    if (piece !== null || state.live) {
      this.#wishes.delete(room);
      state.opening = page;
      if (piece !== null) this.#readPiece(state, page, piece);
      else this.#fetch(state, page);
    } else if (this.reachability === "apart" && wish.ticket !== null) {
      this.#postpone(room);
      state.log.problem(OFFLINE);
      this.#outbound.changed({ what: "log", room });
    }
  }

  /** Extend a window by a page. */
  extend(room: RoomId, direction: "older" | "newer", ticket: Ticket | null): void {
    const state = this.#rooms.get(room);
    const window = state?.log.window;
    const name = direction === "older" ? "loadingOlder" : "loadingNewer";
    const atEnd = direction === "older" ? window?.atStart : window?.atTip;
    if (state === undefined || window === undefined || state.log.isEmpty || atEnd === true) {
      this.#outbound.answer(ticket, { ok: true, value: undefined });
      return;
    }
    if (ticket !== null) state.waiting[direction].push(ticket);
    if (window[name]) return;
    const page: Page = { purpose: direction };
    const { first, last } = state.log;
    const edge = direction === "older" ? window.events[0] : window.events.at(-1);
    // Beyond a run, ask the server: it folds the run, which may be long, in its page. The store would be read through all of it.
    const overRun = state.live && edge?.run !== undefined;
    const span = overRun ? undefined : rangeAt(state.spans, direction === "older" ? first - 1 : last + 1);
    state.log.loading(direction, true);
    this.#outbound.changed({ what: "log", room });
    if (span === undefined) this.#fetch(state, page);
    else if (direction === "newer") this.#readPiece(state, page, [last + 1, Math.min(span[1], last + PAGE)]);
    else this.#readPiece(state, page, [Math.max(span[0], state.room.floor, first - PAGE), first - 1]);
  }

  /** Events of a room have arrived. */
  streamed(room: RoomId, events: readonly RoomEvent[]): void {
    for (const reading of this.#reading.values())
      if (reading.room === room) reading.missed.push(...events.filter((event) => changedBy(event).length > 0));
  }

  /** The store has read a page; null if it does not have all of it. */
  found(number: number, events: readonly RoomEvent[] | null): void {
    const reading = this.#reading.get(number);
    this.#reading.delete(number);
    if (reading === undefined) return;
    const { page, range, missed } = reading;
    const state = this.#rooms.get(reading.room);
    if (state === undefined) {
      this.refuse(undefined, page, NOT_THERE);
    } else if (reading.epoch !== state.room.epoch) {
      // The room's history was replaced meanwhile: these events are of the old one, and the window was cleared.
      if (page.purpose === "open") this.#fetch(state, page);
      else if (page.purpose !== "backfill") this.#extended(state, page.purpose);
    } else if (events === null) {
      // The store has deleted old events: assume that it has none up to `range[1]`.
      state.spans = rangesFrom(state.spans, range[1] + 1);
      this.#fetch(state, page);
    } else {
      this.#show(state, page, range, this.#withMissed(events, missed));
    }
  }

  #withMissed(events: readonly RoomEvent[], missed: readonly RoomEvent[]): readonly RoomEvent[] {
    if (missed.length === 0) return events;
    return events.map((event) => missed.reduce((held, change) => applied(held, change, this.me), event));
  }

  /**
   * The server has sent a page.
   *
   * @throws ProtocolViolation if it has a gap, or is of another epoch.
   */
  take(frame: ServerFrame & { t: "page" }): void {
    const request = this.#outbound.takeIf(frame.id, "page");
    const state = request === undefined ? undefined : this.#rooms.get(request.room);
    if (request === undefined || state === undefined) return;
    if (frame.epoch !== state.room.epoch) throw new ProtocolViolation("The room's history was replaced.");
    const { page } = request;
    const { events } = frame;
    const [first, last] = [events[0], events.at(-1)];
    const range = [frame.first ?? (first === undefined ? 1 : firstSeq(first)), frame.last ?? last?.seq ?? 0] as const;
    if (hasHole(frame, range)) throw new ProtocolViolation("A page has a hole.");
    if (range[1] >= range[0]) {
      for (const part of heldParts(events, range)) {
        state.hold(part.span);
        const asOf = frame.upto ?? state.end;
        const kept = { epoch: frame.epoch, ...part, end: state.end, asOf };
        this.#outbound.emit({ do: "keep", room: state.id, part: kept });
      }
      // A run ends the loading in advance. The events before it are loaded when the user scrolls there.
      if (page.purpose === "backfill" && events.some((event) => event.run !== undefined)) state.backfills = BACKFILLS;
      if (state.noteActive(events)) this.#outbound.roomChanged(state, true);
    } else if (page.purpose === "open" && page.at !== "newest" && state.end > 0) {
      // There is nothing before this position: it lies before the first event that the user may see.
      const newest: Page = { ...page, at: "newest" };
      if (state.opening === page) state.opening = newest;
      this.#fetch(state, newest);
      return;
    }
    this.#show(state, page, range, events);
  }

  /** A page can not be loaded. */
  refuse(state: RoomState | undefined, page: Page, problem: Problem): void {
    if (page.purpose === "backfill") {
      if (state !== undefined) state.backfills = BACKFILLS;
      return;
    }
    const current = state !== undefined && (page.purpose !== "open" || state.opening === page);
    if (current) {
      if (page.purpose !== "open") state.log.loading(page.purpose, false);
      state.log.problem(problem);
      this.#outbound.changed({ what: "log", room: state.id });
    }
    if (page.purpose === "open") {
      this.#outbound.answer(page.ticket, { ok: false, problem });
      if (!current) return;
      state.opening = null;
      const again = problem === OFFLINE && !this.#wishes.has(state.id);
      if (again) this.#wishes.set(state.id, { at: page.unreadAfter === null ? page.at : "unread", ticket: null });
    } else if (state !== undefined) {
      this.#extended(state, page.purpose);
    }
  }

  /** The connection is ready: begin to load pages in advance a little later. */
  backfillSoon(now: Millis): void {
    this.backfillAt = now + BACKFILL_AFTER;
  }

  /** Call when `backfillAt` may have come: begins to load pages in advance. */
  tick(now: Millis): void {
    if (now < this.backfillAt) return;
    this.backfillAt = Number.POSITIVE_INFINITY;
    this.backfill();
  }

  /** Load unread messages and the last page of each room in advance, one page at a time. */
  backfill(): void {
    if (!this.#outbound.ready || this.backfillAt !== Number.POSITIVE_INFINITY) return;
    if (this.#outbound.asks((request) => request.what === "page" && request.page.purpose === "backfill")) return;
    for (const state of this.#rooms.values()) {
      const { floor, read } = state.room;
      const target = Math.max(floor, Math.min(read + 1, state.end - PAGE + 1));
      if (!state.live || state.backfills >= BACKFILLS || state.heldFrom <= target) continue;
      this.#fetch(state, { purpose: "backfill" });
      return;
    }
  }

  /** Answer the waiting `open` of a room with `CANCELLED`, as another call replaces it. */
  #cancel(room: RoomId): void {
    this.deny(room, CANCELLED);
    const state = this.#rooms.get(room);
    if (state !== undefined) state.opening = null;
  }

  /** Answer a waiting `open` with `OFFLINE`, and carry it out when there is a connection. */
  #postpone(room: RoomId): void {
    const wish = this.#wishes.get(room);
    if (wish === undefined) return;
    this.deny(room, OFFLINE);
    this.#wishes.set(room, { at: wish.at, ticket: null });
  }

  /** The range of stored events for a window at a position; null if the store does not have them. */
  #pieceFor(state: RoomState, at: LogPosition): readonly [Seq, Seq] | null {
    const { floor } = state.room;
    if (at === "newest") {
      const span = state.live ? rangeAt(state.spans, state.end) : state.spans.at(-1);
      if (span === undefined || span[1] < floor) return null;
      return [Math.max(span[0], floor, span[1] - PAGE + 1), span[1]];
    }
    const span = rangeAt(state.spans, at.seq);
    if (span === undefined || at.seq < floor) return null;
    const from = Math.max(floor, at.seq - PAGE / 2);
    const to = Math.min(at.seq + PAGE / 2, Math.max(state.end, span[1]));
    // A part of the page is enough only while the room is not streamed, as the rest can not be loaded then.
    if (state.live && (span[0] > from || span[1] < to)) return null;
    return [Math.max(from, span[0]), Math.min(to, span[1])];
  }

  #readPiece(state: RoomState, page: Page, [from, to]: readonly [Seq, Seq]): void {
    const number = ++this.#lastPage;
    const { epoch } = state.room;
    this.#reading.set(number, { room: state.id, epoch, page, range: [from, to], missed: [] });
    this.#outbound.emit({ do: "read", room: state.id, epoch, from, to, page: number });
  }

  /** Ask the server for a page. */
  #fetch(state: RoomState, page: Page): void {
    if (!state.live) {
      this.refuse(state, page, OFFLINE);
      return;
    }
    const most = this.#outbound.limits.page;
    const limit = Math.min(PAGE, most);
    let frame: Question & { t: "history" } = { t: "history", room: state.id, limit, present: true, fold: true };
    if (page.purpose === "older") frame = { ...frame, before: state.log.first };
    else if (page.purpose === "newer") frame = { ...frame, after: state.log.last };
    else if (page.purpose === "backfill") frame = { ...frame, limit: most, before: state.heldFrom };
    else if (page.purpose === "open" && page.at !== "newest")
      frame = { ...frame, before: page.at.seq + Math.floor(limit / 2) + 1 };
    this.#outbound.ask({ what: "page", room: state.id, page }, frame);
  }

  /** A page was loaded, from the store or the server. */
  #show(state: RoomState, page: Page, range: SeqRange, events: readonly RoomEvent[]): void {
    const [first, last] = range;
    const covers = last >= first;
    if (page.purpose === "backfill") {
      state.backfills = covers ? state.backfills + 1 : BACKFILLS;
      this.backfill();
      return;
    }
    const { log, room } = state;
    const atStart = !covers || first <= room.floor;
    const newest = state.live ? state.end : Math.max(state.end, state.spans.at(-1)?.[1] ?? 0);
    if (page.purpose === "open") {
      if (state.opening !== page) {
        this.#outbound.answer(page.ticket, { ok: false, problem: CANCELLED });
        return;
      }
      state.opening = null;
      log.place(events, range, atStart, last >= newest);
      this.#outbound.answer(page.ticket, { ok: true, value: { seq: this.#anchor(page, log.window.events) } });
    } else {
      log.loading(page.purpose, false);
      // If the page does not fit, the window was moved while it was loading.
      if (page.purpose === "older") log.addOlder(events, range, atStart);
      else log.addNewer(events, range, Math.max(last, log.last) >= newest);
      this.#extended(state, page.purpose);
    }
    this.#outbound.changed({ what: "log", room: room.id });
    this.#round(state, page, newest);
  }

  /** Load more if a window is nearly empty, or if events have arrived meanwhile between it and the end of the log. */
  #round(state: RoomState, page: Page, newest: Seq): void {
    const { log } = state;
    const { atStart, atTip, events } = log.window;
    if (log.isEmpty) return;
    const atEnd = page.purpose === "newer" || (page.purpose === "open" && page.at === "newest");
    if (!atTip && atEnd && newest - log.last <= PAGE) this.extend(state.id, "newer", null);
    else if (events.length < FULL && state.live) {
      if (!atStart) this.extend(state.id, "older", null);
      else if (!atTip) this.extend(state.id, "newer", null);
    }
  }

  /** The event to scroll to in a window that was opened. */
  #anchor({ at, unreadAfter }: Page & { purpose: "open" }, events: readonly RoomEvent[]): Seq | null {
    if (unreadAfter !== null) {
      const unread = events.find((event) => event.seq > unreadAfter && isMessage(event) && event.user !== this.me);
      return unread?.seq ?? unreadAfter + 1;
    }
    if (at === "newest") return null;
    const there = events.find((event) => firstSeq(event) <= at.seq && at.seq <= event.seq);
    return there === undefined ? null : there.seq;
  }

  /** Answer the calls that wait for a page. */
  #extended(state: RoomState, direction: "older" | "newer"): void {
    for (const ticket of state.waiting[direction].splice(0))
      this.#outbound.answer(ticket, { ok: true, value: undefined });
  }
}

/** Whether a page lacks an event that it should have, or has one outside of its range. */
function hasHole({ events, upto }: ServerFrame & { t: "page" }, [first, last]: SeqRange): boolean {
  // A page in present form does not list all events of its range.
  const isRaw = upto === null;
  const isMisplaced = (event: RoomEvent, at: number): boolean => {
    const before = events[at - 1]?.seq ?? first - 1;
    return isRaw ? firstSeq(event) !== before + 1 : firstSeq(event) <= before;
  };
  return events.some(isMisplaced) || (events.at(-1)?.seq ?? 0) > last;
}
