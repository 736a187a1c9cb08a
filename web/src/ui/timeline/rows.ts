/** Makes the rows of a timeline from a window of the log. Pure. */
import { overlaid } from "../../sync/overlay";
import {
  EVERYBODY,
  firstSeq,
  isMessage,
  isPendingChange,
  type LogWindow,
  type Millis,
  type Pending,
  type RoomEvent,
  SERVER,
  type Seq,
  type UserId,
} from "../../sync/types";

export type Row =
  /** The beginning of the log, as far as the user may see it. */
  | { is: "start"; key: string }
  /** Stands for the pages before or after the window, which are not loaded. */
  | { is: "edge"; key: string; side: "older" | "newer" }
  | { is: "day"; key: string; at: Millis }
  /** The divider before new messages. */
  | { is: "new"; key: string }
  /** `stored`: the message as the server has it; `event`: with the user's own `changes`, which wait to be sent or were refused. */
  | {
      is: "message";
      key: string;
      event: RoomEvent;
      head: boolean;
      stored: RoomEvent;
      changes: readonly Pending[];
    }
  /** Consecutive messages that were deleted. */
  | { is: "gone"; key: string; events: readonly RoomEvent[] }
  /** An event that is not a message. */
  | { is: "line"; key: string; event: RoomEvent }
  /** A fold: several joins and departures in one row. */
  | { is: "fold"; key: string; events: readonly RoomEvent[] }
  | { is: "pending"; key: string; pending: Pending; head: boolean };

/** Messages of one author within this time are grouped under one name. */
const TOGETHER: Millis = 5 * 60_000;

const COMING_AND_GOING: ReadonlySet<string> = new Set(["joined", "left"]);
const LINES: ReadonlySet<string> = new Set([
  "created",
  "private",
  "topic",
  "renamed",
  "invited",
  "kicked",
  "banned",
  "unbanned",
  "muted",
  "unmuted",
  "role",
  "room_renamed",
  "archived",
  "reopened",
  "slow",
  "read_only",
  "guests",
  "calls",
]);

export interface RowOptions {
  me: UserId | null;
  /** The divider is before the first message of others after this seq; null: there is no divider. */
  newAfter: Seq | null;
  /** Whether the room is direct: then joins and leaves are not shown. */
  direct: boolean;
  /** The time zone, which decides where days begin. Rows are made anew when it changes. */
  zone?: string;
}

/** Whether an event of somebody else mentions this user, or everybody. */
export function isMentioned(event: RoomEvent, me: UserId | null): boolean {
  if (event.mentions === undefined || me === null || event.user === me) return false;
  return event.mentions.includes(me) || event.mentions.includes(EVERYBODY);
}

/** Whether the room has no messages at all. False while pages are missing. */
export function hasNoMessages(rows: readonly Row[]): boolean {
  return rows.every((row) => row.is !== "message" && row.is !== "gone" && row.is !== "pending" && row.is !== "edge");
}

/** The seq of a row's newest event; null for rows without events. */
export function seqOf(row: Row): Seq | null {
  if (row.is === "message" || row.is === "line") return row.event.seq;
  return row.is === "fold" || row.is === "gone" ? (row.events.at(-1)?.seq ?? null) : null;
}

/** The key of the row that shows the event `seq`; if none does, of the first row with a later event; null if there is neither. */
export function keyFor(rows: readonly Row[], seq: Seq): string | null {
  for (const row of rows) {
    const last = seqOf(row);
    if (last !== null && last >= seq) return row.key;
  }
  return null;
}

/**
 * Makes the rows anew after each change of the window. A row that has not changed stays the same object, so that its element in
 * the page stays. If events were only added at the end of the window, only their rows are made.
 */
export class Rows {
  #kept = new Map<string, Row>();
  #made: Made | null = null;

  make(window: LogWindow, pending: readonly Pending[], reading: RowOptions): readonly Row[] {
    const { events } = window;
    const changes = pending.filter(isPendingChange);
    if (this.#made === null || !this.#made.goesOn(window, reading, changes)) {
      this.#made = new Made(reading, this.#keeper(), changes);
      this.#made.begin(window);
    }
    this.#made.take(events);

    // The next call continues from `#made`. The rows from here on can be different then, so add them to a copy.
    const whole = this.#made.copy();
    whole.endFold();
    if (!window.atTip && events.length > 0) whole.put({ is: "edge", key: "newer", side: "newer" }, always);
    // Messages that wait to be sent come last, also if the window does not end at the end of the log.
    // Those of a thread are shown there.
    for (const one of pending)
      if (!isPendingChange(one) && (one.thread === undefined || one.also === true)) whole.queue(one);
    return whole.rows;
  }

  #keeper(): Keep {
    const before = this.#kept;
    const kept = new Map<string, Row>();
    this.#kept = kept;
    return (row, same) => {
      const old = kept.get(row.key) ?? before.get(row.key);
      const stays = old !== undefined && old.is === row.is && same(old as typeof row) ? old : row;
      kept.set(row.key, stays);
      return stays;
    };
  }
}

/** Returns the old row with the key of `row` if `same` is true for it; else `row`. */
type Keep = <R extends Row>(row: R, same: (old: R) => boolean) => Row;

interface Author {
  user: UserId;
  name: string;
  bot: boolean;
  at: Millis;
}

const NONE: readonly never[] = [];
const always = (): boolean => true;

/** The rows of the events that were processed so far, and the state that is needed to add further events. */
class Made {
  rows: Row[] = [];
  #atStart = false;
  #first: RoomEvent | undefined;
  #last: RoomEvent | undefined;
  #taken = 0;
  /** How often events of the window were changed in place. */
  #changes = 0;
  #days = new Days();
  #divided: boolean;
  /** The author of the present group; null if the next message begins a new one. */
  #author: Author | null = null;
  #folded: RoomEvent[] = [];
  #gone: RoomEvent[] = [];

  constructor(
    readonly reading: RowOptions,
    readonly keep: Keep,
    /** The user's changes of messages that wait in the outbox. */
    readonly pending: readonly Pending[],
  ) {
    this.#divided = reading.newAfter === null;
  }

  /** An independent copy. */
  copy(): Made {
    const copy = new Made(this.reading, this.keep, this.pending);
    copy.rows = [...this.rows];
    copy.#days = this.#days.copy();
    copy.#author = this.#author;
    copy.#folded = [...this.#folded];
    copy.#gone = [...this.#gone];
    return copy;
  }

  /** Whether a window has all events of this one, unchanged, and possibly more at its end. The first and the last event are enough to
   * tell, as windows have no gaps. */
  goesOn(
    { events, atStart, changes }: LogWindow,
    { me, newAfter, direct, zone }: RowOptions,
    pending: readonly Pending[],
  ): boolean {
    const { reading } = this;
    if (!isSameList(pending, this.pending)) return false;
    const isSameReader =
      me === reading.me && newAfter === reading.newAfter && direct === reading.direct && zone === reading.zone;
    const isSameLog = events[0] === this.#first && events[this.#taken - 1] === this.#last && atStart === this.#atStart;
    return this.#taken > 0 && isSameLog && isSameReader && changes === this.#changes;
  }

  begin({ events, atStart, changes }: LogWindow): void {
    this.#changes = changes;
    this.#atStart = atStart;
    this.#first = events[0];
    if (atStart) this.put({ is: "start", key: "start" }, always);
    else if (events.length > 0) this.put({ is: "edge", key: "older", side: "older" }, always);
  }

  /** Add the rows of those `events` that were not processed yet. */
  take(events: readonly RoomEvent[]): void {
    for (; this.#taken < events.length; this.#taken += 1) {
      const event = events[this.#taken];
      if (event !== undefined) this.#one(event);
    }
    this.#last = events.at(-1);
  }

  put<R extends Row>(row: R, same: (old: R) => boolean): void {
    this.rows.push(this.keep(row, same));
  }

  endFold(): void {
    this.#endGone();
    const events = this.#folded;
    const [first] = events;
    if (first === undefined) return;
    this.#folded = [];
    if (events.length === 1 && first.run === undefined) {
      this.put({ is: "line", key: `e${first.seq}`, event: first }, (old) => old.event === first);
      return;
    }
    const last = events.at(-1);
    this.put(
      { is: "fold", key: `f${firstSeq(first)}`, events },
      (old) => old.events.length === events.length && old.events.at(-1) === last && old.events[0] === first,
    );
  }

  #endGone(): void {
    const events = this.#gone;
    const [first] = events;
    if (first === undefined) return;
    this.#gone = [];
    this.put({ is: "gone", key: `e${first.seq}`, events }, (old) => isSameList(old.events, events));
  }

  /** Add a message that waits to be sent. */
  queue(pending: Pending): void {
    const { at, kind } = pending;
    const me = this.reading.me;
    this.#day(at);
    const author = this.#author;
    const head = author === null || author.user !== me || kind === "action" || at - author.at > TOGETHER;
    this.#author = kind === "action" ? null : { user: me ?? -1, name: author?.name ?? "", bot: false, at };
    const same = (old: Row & { is: "pending" }): boolean => old.pending === pending && old.head === head;
    this.put({ is: "pending", key: `p${pending.key}`, pending, head }, same);
  }

  #one(event: RoomEvent): void {
    const { direct, newAfter, me } = this.reading;
    const said = isMessage(event);
    if (!said && !isShown(event, direct)) return;
    this.#day(event.at);
    if (!said) {
      this.#author = null;
      if (event.run !== undefined || COMING_AND_GOING.has(event.kind)) {
        this.#endGone();
        this.#folded.push(event);
      } else {
        this.endFold();
        this.put({ is: "line", key: `e${event.seq}`, event }, (old) => old.event === event);
      }
      return;
    }
    const changes = this.pending.length === 0 ? NONE : this.pending.filter((each) => each.target === event.seq);
    const shown = changes.length > 0 ? overlaid(event, changes) : event;
    if (shown.now?.erased !== undefined && changes.every((each) => each.state !== "refused")) {
      this.#erased(shown);
      return;
    }
    this.endFold();
    if (!this.#divided && newAfter !== null && event.seq > newAfter && event.user !== me) {
      this.#divided = true;
      this.#author = null;
      this.put({ is: "new", key: "new" }, always);
    }
    const { user, name, kind, at, bot = false } = event;
    const author = this.#author;
    const head =
      author === null ||
      kind === "action" ||
      author.user !== user ||
      author.name !== name ||
      author.bot !== bot ||
      at - author.at > TOGETHER;
    this.#author = kind === "action" ? null : { user, name, bot, at };
    this.put(
      { is: "message", key: `e${event.seq}`, event: shown, head, stored: event, changes },
      (old) => old.stored === event && old.head === head && isSameList(old.changes, changes),
    );
  }

  /** Add a message that was deleted. One with a thread stands alone, so that the thread can be opened. */
  #erased(event: RoomEvent): void {
    const hasThread = event.now?.replies !== undefined;
    if (this.#folded.length > 0 || hasThread) this.endFold();
    this.#author = null;
    this.#gone.push(event);
    if (hasThread) this.#endGone();
  }

  #day(at: Millis): void {
    if (!this.#days.begins(at)) return;
    this.endFold();
    this.#author = null;
    // A row of the same key that was made for another time zone can have a time of another day.
    this.put({ is: "day", key: `d${this.#days.key}`, at }, (old) => isSameDay(old.at, at));
  }
}

export function isSameList<T>(one: readonly T[], other: readonly T[]): boolean {
  return one.length === other.length && one.every((each, at) => each === other[at]);
}

function isShown(event: RoomEvent, direct: boolean): boolean {
  if (event.run !== undefined || COMING_AND_GOING.has(event.kind)) return !direct;
  if (!LINES.has(event.kind)) return false;
  return event.kind !== "created" && event.kind !== "private" ? true : !direct && event.user !== SERVER;
}

const isSameDay = (one: Millis, other: Millis): boolean =>
  new Date(one).toDateString() === new Date(other).toDateString();

/** Finds out where days begin, in local time. The current day never goes back: the server's clock may be set back a little. */
class Days {
  key = "";
  #end = Number.NEGATIVE_INFINITY;

  copy(): Days {
    const copy = new Days();
    copy.key = this.key;
    copy.#end = this.#end;
    return copy;
  }

  /** Return whether `at` is past the current day, and if so make its day the current one. The first valid `at` always is. */
  begins(at: Millis): boolean {
    if (at < this.#end) return false;
    const date = new Date(at);
    const end = new Date(date.getFullYear(), date.getMonth(), date.getDate() + 1).getTime();
    // An invalid time belongs to no day.
    if (Number.isNaN(end)) return false;
    this.#end = end;
    this.key = `${date.getFullYear()}-${date.getMonth() + 1}-${date.getDate()}`;
    return true;
  }
}
