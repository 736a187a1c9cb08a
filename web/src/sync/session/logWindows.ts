import type { Ticket } from "../effects";
import { Fault, type ServerFrame } from "../frames";
import { spanAt, spansFrom } from "../seqRanges";
import { isMessage, type Millis, type Problem, type RoomEvent, type RoomId, type Seq, type UserId } from "../types";
import { PAGE, type Place } from "./log";
import type { Outlet } from "./outbound";
import { CANCELLED, NOT_THERE, OFFLINE, type Page, type Question } from "./requests";
import type { RoomState } from "./roomState";

/** A window with fewer events than that is not full. */
const FULL = 50;
/** So many rooms that were left last can be come back to without waiting. */
const RESTING = 4;
/** So many pages are fetched per room and connection without being asked for. */
const BACKFILLS = 25;
/** What is looked at comes first: pages nobody has asked for wait so long, in milliseconds. */
const BACKFILL_AFTER = 500;

/** Where somebody wants a window to be. */
export type At = "newest" | "unread" | { seq: Seq };

/** How the conversation stands, as far as windows are concerned. */
export type Standing =
  /** It is not known yet what the store has. */
  | "starting"
  /** The server will answer soon, or be found not to. */
  | "soon"
  | "ready"
  /** There is no connection for a while. */
  | "apart";

/**
 * What is shown of rooms' logs. A piece comes from the store where it is there, and from the server where not; what has come
 * ends in `#show`, from wherever.
 */
export class Windows {
  standing: Standing = "starting";
  /** Who we are. */
  me: UserId = 0;
  /** When pages are fetched that nobody has asked for; infinite if that has begun. */
  backfillAt: Millis = Number.POSITIVE_INFINITY;
  readonly #outlet: Outlet;
  readonly #rooms: ReadonlyMap<RoomId, RoomState>;
  /** Windows that are to be opened when that is possible: the last wish of each room. */
  readonly #wishes = new Map<RoomId, { at: At; ticket: Ticket | null }>();
  /** Pages that are being read from the store. */
  readonly #reading = new Map<number, { room: RoomId; epoch: string; page: Page; from: Seq; to: Seq }>();
  /** Rooms whose windows are on no screen, and still follow their logs; the one that was left last is last. */
  readonly #resting = new Set<RoomId>();
  #lastPage = 0;

  constructor(outlet: Outlet, rooms: ReadonlyMap<RoomId, RoomState>) {
    this.#outlet = outlet;
    this.#rooms = rooms;
  }

  /** Move a room's window; the answer says which event it is about. */
  open(room: RoomId, at: At, ticket: Ticket | null): void {
    this.#cancel(room);
    this.#resting.delete(room);
    this.#rooms.get(room)?.log.wake();
    this.#wishes.set(room, { at, ticket });
    this.grant(room);
  }

  /** What a window showed is gone, or what follows on it is too far away. */
  reopen(room: RoomId): void {
    if (this.#resting.has(room)) this.#clear(room);
    else if (!this.#wishes.has(room)) this.#wishes.set(room, { at: "newest", ticket: null });
  }

  /** Nothing of the room is on a screen any more. */
  close(room: RoomId): void {
    this.#cancel(room);
    const state = this.#rooms.get(room);
    if (state === undefined) return;
    this.release(state);
    this.#resting.delete(room);
    if (state.log.rest()) this.#resting.add(room);
    const [oldest] = this.#resting;
    if (oldest !== undefined && this.#resting.size > RESTING) this.#clear(oldest);
    this.#outlet.changed({ what: "log", room });
  }

  #clear(room: RoomId): void {
    this.#resting.delete(room);
    this.#rooms.get(room)?.log.clear();
  }

  /** Whoever waits for something of a room that is not there any more, or not shown, need not any longer. */
  release(state: RoomState): void {
    state.opening = null;
    this.#extended(state, "older");
    this.#extended(state, "newer");
  }

  /** The wish for a room that is gone, or for one of which we may not know, is not granted. */
  deny(room: RoomId, problem: Problem): void {
    const wish = this.#wishes.get(room);
    this.#wishes.delete(room);
    if (wish !== undefined) this.#outlet.answer(wish.ticket, { ok: false, problem });
  }

  denyAll(problem: Problem): void {
    for (const room of [...this.#wishes.keys()]) this.deny(room, problem);
  }

  grantAll(): void {
    for (const room of [...this.#wishes.keys()]) this.grant(room);
  }

  /** Open a window as was wished, if that is possible by now. */
  grant(room: RoomId): void {
    const wish = this.#wishes.get(room);
    if (wish === undefined || this.standing === "starting") return;
    const state = this.#rooms.get(room);
    if (state === undefined) {
      if (this.standing === "ready") this.deny(room, NOT_THERE);
      else if (this.standing === "apart") this.#postpone(room);
      return;
    }
    let at: Place;
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
      this.#outlet.answer(wish.ticket, { ok: true, value: { seq: this.#anchor(page, state.log.window.events) } });
      this.#outlet.changed({ what: "log", room });
      this.#round(state, page, state.end);
      return;
    }
    const piece = this.#pieceFor(state, at);
    if (piece !== null || state.live) {
      this.#wishes.delete(room);
      state.opening = page;
      if (piece !== null) this.#readPiece(state, page, piece);
      else this.#fetch(state, page);
    } else if (this.standing === "apart" && wish.ticket !== null) {
      this.#postpone(room);
      state.log.problem(OFFLINE);
      this.#outlet.changed({ what: "log", room });
    }
  }

  /** Make a window grow. */
  extend(room: RoomId, direction: "older" | "newer", ticket: Ticket | null): void {
    const state = this.#rooms.get(room);
    const window = state?.log.window;
    const name = direction === "older" ? "loadingOlder" : "loadingNewer";
    const atEnd = direction === "older" ? window?.atStart : window?.atTip;
    if (state === undefined || window === undefined || state.log.isEmpty || atEnd === true) {
      this.#outlet.answer(ticket, { ok: true, value: undefined });
      return;
    }
    if (ticket !== null) state.waiting[direction].push(ticket);
    if (window[name]) return;
    const page: Page = { purpose: direction };
    const { first, last } = state.log;
    const span = spanAt(state.spans, direction === "older" ? first - 1 : last + 1);
    state.log.loading(direction, true);
    this.#outlet.changed({ what: "log", room });
    if (span === undefined) this.#fetch(state, page);
    else if (direction === "newer") this.#readPiece(state, page, [last + 1, Math.min(span[1], last + PAGE)]);
    else this.#readPiece(state, page, [Math.max(span[0], state.room.floor, first - PAGE), first - 1]);
  }

  /** What the store has of a page that was to be read. */
  found(number: number, events: readonly RoomEvent[]): void {
    const reading = this.#reading.get(number);
    this.#reading.delete(number);
    if (reading === undefined) return;
    const state = this.#rooms.get(reading.room);
    if (state === undefined) {
      this.refuse(undefined, reading.page, NOT_THERE);
    } else if (reading.epoch !== state.room.epoch) {
      // The history was replaced meanwhile: what the store had is not what there is now, and what was to grow is gone.
      const { purpose } = reading.page;
      if (purpose === "open") this.#fetch(state, reading.page);
      else if (purpose !== "backfill") this.#extended(state, purpose);
    } else if (events.length !== reading.to - reading.from + 1) {
      // The store has let go of something: what it was believed to have up to there is not believed any more.
      state.spans = spansFrom(state.spans, reading.to + 1);
      this.#fetch(state, reading.page);
    } else {
      this.#show(state, reading.page, events);
    }
  }

  /**
   * The server has sent a page.
   *
   * @throws Fault if it is not what was asked for.
   */
  take(frame: ServerFrame & { t: "page" }): void {
    const request = this.#outlet.takeIf(frame.id, "page");
    const state = request === undefined ? undefined : this.#rooms.get(request.room);
    if (request === undefined || state === undefined) return;
    if (frame.epoch !== state.room.epoch) throw new Fault("The room's history was replaced.");
    const { page } = request;
    const { events } = frame;
    const [first, last] = [events[0], events.at(-1)];
    if (first !== undefined && last !== undefined) {
      if (last.seq - first.seq + 1 !== events.length) throw new Fault("A page has a hole.");
      const span = [first.seq, last.seq] as const;
      state.hold(span);
      this.#outlet.emit({ do: "keep", room: state.id, epoch: frame.epoch, span, events });
      if (state.noteActive(events)) this.#outlet.roomChanged(state, true);
    } else if (page.purpose === "open" && page.at !== "newest" && state.end > 0) {
      // There is nothing up to there: it is before the floor.
      const newest: Page = { ...page, at: "newest" };
      if (state.opening === page) state.opening = newest;
      this.#fetch(state, newest);
      return;
    }
    this.#show(state, page, events);
  }

  /** A page can't be had. */
  refuse(state: RoomState | undefined, page: Page, problem: Problem): void {
    if (page.purpose === "backfill") {
      if (state !== undefined) state.backfills = BACKFILLS;
      return;
    }
    const current = state !== undefined && (page.purpose !== "open" || state.opening === page);
    if (current) {
      if (page.purpose !== "open") state.log.loading(page.purpose, false);
      state.log.problem(problem);
      this.#outlet.changed({ what: "log", room: state.id });
    }
    if (page.purpose === "open") {
      this.#outlet.answer(page.ticket, { ok: false, problem });
      if (!current) return;
      state.opening = null;
      const again = problem === OFFLINE && !this.#wishes.has(state.id);
      if (again) this.#wishes.set(state.id, { at: page.unreadAfter === null ? page.at : "unread", ticket: null });
    } else if (state !== undefined) {
      this.#extended(state, page.purpose);
    }
  }

  /** The server answers from now on: soon there is time for what somebody is likely to want to see next. */
  backfillSoon(now: Millis): void {
    this.backfillAt = now + BACKFILL_AFTER;
  }

  /** Time has passed. */
  tick(now: Millis): void {
    if (now < this.backfillAt) return;
    this.backfillAt = Number.POSITIVE_INFINITY;
    this.backfill();
  }

  /** Fetch what somebody is likely to want to see next, one page at a time. */
  backfill(): void {
    if (!this.#outlet.ready || this.backfillAt !== Number.POSITIVE_INFINITY) return;
    if (this.#outlet.asks((request) => request.what === "page" && request.page.purpose === "backfill")) return;
    for (const state of this.#rooms.values()) {
      const { floor, read } = state.room;
      const target = Math.max(floor, Math.min(read + 1, state.end - PAGE + 1));
      if (!state.live || state.backfills >= BACKFILLS || state.heldFrom <= target) continue;
      this.#fetch(state, { purpose: "backfill" });
      return;
    }
  }

  /** Somebody wants something else of a room now. */
  #cancel(room: RoomId): void {
    this.deny(room, CANCELLED);
    const state = this.#rooms.get(room);
    if (state !== undefined) state.opening = null;
  }

  /** It is not possible now; it is done when it is. */
  #postpone(room: RoomId): void {
    const wish = this.#wishes.get(room);
    if (wish === undefined) return;
    this.deny(room, OFFLINE);
    this.#wishes.set(room, { at: wish.at, ticket: null });
  }

  /** The seqs from and to which the store has what a window at that place shows; null if it does not have it. */
  #pieceFor(state: RoomState, at: Place): readonly [Seq, Seq] | null {
    const { floor } = state.room;
    if (at === "newest") {
      const span = state.live ? spanAt(state.spans, state.end) : state.spans.at(-1);
      if (span === undefined || span[1] < floor) return null;
      return [Math.max(span[0], floor, span[1] - PAGE + 1), span[1]];
    }
    const span = spanAt(state.spans, at.seq);
    if (span === undefined || at.seq < floor) return null;
    const from = Math.max(floor, at.seq - PAGE / 2);
    const to = Math.min(at.seq + PAGE / 2, Math.max(state.end, span[1]));
    // Without a connection anything is better than nothing.
    if (state.live && (span[0] > from || span[1] < to)) return null;
    return [Math.max(from, span[0]), Math.min(to, span[1])];
  }

  #readPiece(state: RoomState, page: Page, [from, to]: readonly [Seq, Seq]): void {
    const number = ++this.#lastPage;
    const { epoch } = state.room;
    this.#reading.set(number, { room: state.id, epoch, page, from, to });
    this.#outlet.emit({ do: "read", room: state.id, epoch, from, to, page: number });
  }

  /** Ask the server for a page. */
  #fetch(state: RoomState, page: Page): void {
    if (!state.live) {
      this.refuse(state, page, OFFLINE);
      return;
    }
    const most = this.#outlet.limits.page;
    const limit = Math.min(PAGE, most);
    let frame: Question & { t: "history" } = { t: "history", room: state.id, limit };
    if (page.purpose === "older") frame = { ...frame, before: state.log.first };
    else if (page.purpose === "newer") frame = { ...frame, after: state.log.last };
    else if (page.purpose === "backfill") frame = { ...frame, limit: most, before: state.heldFrom };
    else if (page.purpose === "open" && page.at !== "newest")
      frame = { ...frame, before: page.at.seq + Math.floor(limit / 2) + 1 };
    this.#outlet.ask({ what: "page", room: state.id, page }, frame);
  }

  /** A page is there, from the store or the server. */
  #show(state: RoomState, page: Page, events: readonly RoomEvent[]): void {
    if (page.purpose === "backfill") {
      state.backfills = events.length === 0 ? BACKFILLS : state.backfills + 1;
      this.backfill();
      return;
    }
    const { log, room } = state;
    const atStart = (events[0]?.seq ?? 0) <= room.floor;
    const last = events.at(-1)?.seq ?? 0;
    const newest = state.live ? state.end : Math.max(state.end, state.spans.at(-1)?.[1] ?? 0);
    if (page.purpose === "open") {
      if (state.opening !== page) {
        this.#outlet.answer(page.ticket, { ok: false, problem: CANCELLED });
        return;
      }
      state.opening = null;
      log.place(events, atStart, last >= newest);
      this.#outlet.answer(page.ticket, { ok: true, value: { seq: this.#anchor(page, events) } });
    } else {
      log.loading(page.purpose, false);
      // If it does not fit, the window was moved while the page was on its way.
      if (page.purpose === "older") log.addOlder(events, atStart || events.length === 0);
      else log.addNewer(events, Math.max(last, log.last) >= newest);
      this.#extended(state, page.purpose);
    }
    this.#outlet.changed({ what: "log", room: room.id });
    this.#round(state, page, newest);
  }

  /** Fetch what is missing of a window that is not full, or, by what came meanwhile, not quite at the log's end. */
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

  /** Which event a window that was opened is about. */
  #anchor({ at, unreadAfter }: Page & { purpose: "open" }, events: readonly RoomEvent[]): Seq | null {
    if (unreadAfter !== null) {
      const unread = events.find((event) => event.seq > unreadAfter && isMessage(event) && event.user !== this.me);
      return unread?.seq ?? unreadAfter + 1;
    }
    return at !== "newest" && events.some((event) => event.seq === at.seq) ? at.seq : null;
  }

  /** A page is there, or can't be had: whoever waits for it need not any longer. */
  #extended(state: RoomState, direction: "older" | "newer"): void {
    for (const ticket of state.waiting[direction].splice(0))
      this.#outlet.answer(ticket, { ok: true, value: undefined });
  }
}
