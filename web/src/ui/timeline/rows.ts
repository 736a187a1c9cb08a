/** A window of a room's log, as the rows that are shown: pure, so that it can be tested without a page. */
import {
  EVERYBODY,
  isMessage,
  type LogWindow,
  type Millis,
  type Pending,
  type RoomEvent,
  SERVER,
  type Seq,
  type UserId,
} from "../../sync/types";

export type Row =
  /** Where the log begins, for this user. */
  | { is: "start"; key: string }
  /** Where a further page is missing, before or after what is held. */
  | { is: "edge"; key: string; side: "older" | "newer" }
  | { is: "day"; key: string; at: Millis }
  /** What follows is new. */
  | { is: "new"; key: string }
  | { is: "message"; key: string; event: RoomEvent; head: boolean }
  /** One quiet line. */
  | { is: "line"; key: string; event: RoomEvent }
  /** Several comings and goings. */
  | { is: "fold"; key: string; events: readonly RoomEvent[] }
  | { is: "pending"; key: string; pending: Pending; head: boolean };

/** Messages of one author within this time stand together under one name. */
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

export interface Reader {
  me: UserId | null;
  /** The divider stands before the first message of others after this; null: there is none. */
  newAfter: Seq | null;
  /** In a conversation of two or more nobody comes and goes. */
  direct: boolean;
}

/** Whether it names this user, or everybody. */
export function isMentioned(event: RoomEvent, me: UserId | null): boolean {
  if (event.mentions === undefined || me === null || event.user === me) return false;
  return event.mentions.includes(me) || event.mentions.includes(EVERYBODY);
}

/** Whether nothing was said at all: somebody may have come in and set a topic. False while a part is missing. */
export function hasNoMessages(rows: readonly Row[]): boolean {
  return rows.every((row) => row.is !== "message" && row.is !== "pending" && row.is !== "edge");
}

/** The newest seq a row shows; null for rows of none. */
export function seqOf(row: Row): Seq | null {
  if (row.is === "message" || row.is === "line") return row.event.seq;
  return row.is === "fold" ? (row.events.at(-1)?.seq ?? null) : null;
}

/** The key of the row that shows an event, or else of the next one that shows one; null if none does. */
export function keyFor(rows: readonly Row[], seq: Seq): string | null {
  for (const row of rows) {
    const last = seqOf(row);
    if (last !== null && last >= seq) return row.key;
  }
  return null;
}

/**
 * Makes rows, and makes them again when the window has changed: a row that is as it was stays the same object, so that
 * what is on the screen stays as it is. What has come at the window's end is added to what was made before.
 */
export class Rows {
  #kept = new Map<string, Row>();
  #made: Made | null = null;

  make(window: LogWindow, pending: readonly Pending[], reading: Reader): readonly Row[] {
    const { events } = window;
    if (this.#made === null || !this.#made.goesOn(window, reading)) {
      this.#made = new Made(reading, this.#keeper());
      this.#made.begin(window);
    }
    this.#made.take(events);

    // What stands at the end may be gone, or be something else, the next time.
    const whole = this.#made.copy();
    whole.endFold();
    if (!window.atTip && events.length > 0) whole.put({ is: "edge", key: "newer", side: "newer" }, always);
    // Where the window ends elsewhere, what is to be sent still stands at its end: it is not lost from sight.
    for (const one of pending) whole.queue(one);
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

/** Gives the row that is to be shown: the one of that key that was before, if it is the same. */
type Keep = <R extends Row>(row: R, same: (old: R) => boolean) => Row;

interface Author {
  user: UserId;
  name: string;
  bot: boolean;
  at: Millis;
}

const always = (): boolean => true;

/** The rows of a window, as far as its events were taken, and what it takes to go on from there. */
class Made {
  rows: Row[] = [];
  #atStart = false;
  #first: RoomEvent | undefined;
  #last: RoomEvent | undefined;
  #taken = 0;
  #days = new Days();
  #divided: boolean;
  /** The author under whose name the next message may stand. */
  #author: Author | null = null;
  #folded: RoomEvent[] = [];

  constructor(
    readonly reading: Reader,
    readonly keep: Keep,
  ) {
    this.#divided = reading.newAfter === null;
  }

  /** One like this, that goes on by itself. */
  copy(): Made {
    const copy = new Made(this.reading, this.keep);
    copy.rows = [...this.rows];
    copy.#days = this.#days.copy();
    copy.#author = this.#author;
    copy.#folded = [...this.#folded];
    return copy;
  }

  /** Whether a window is this one, and maybe more at its end. Windows have no holes: between the same ends all is the same. */
  goesOn({ events, atStart }: LogWindow, { me, newAfter, direct }: Reader): boolean {
    const { reading } = this;
    const isSameReader = me === reading.me && newAfter === reading.newAfter && direct === reading.direct;
    const isSameLog = events[0] === this.#first && events[this.#taken - 1] === this.#last && atStart === this.#atStart;
    return this.#taken > 0 && isSameLog && isSameReader;
  }

  begin({ events, atStart }: LogWindow): void {
    this.#atStart = atStart;
    this.#first = events[0];
    if (atStart) this.put({ is: "start", key: "start" }, always);
    else if (events.length > 0) this.put({ is: "edge", key: "older", side: "older" }, always);
  }

  /** Take those of the window's events that were not taken yet. */
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
    const events = this.#folded;
    const [first] = events;
    if (first === undefined) return;
    this.#folded = [];
    if (events.length === 1) {
      this.put({ is: "line", key: `e${first.seq}`, event: first }, (old) => old.event === first);
      return;
    }
    const last = events.at(-1);
    this.put(
      { is: "fold", key: `f${first.seq}`, events },
      (old) => old.events.length === events.length && old.events.at(-1) === last && old.events[0] === first,
    );
  }

  /** Put a message that waits to be sent. */
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
      if (COMING_AND_GOING.has(event.kind)) this.#folded.push(event);
      else {
        this.endFold();
        this.put({ is: "line", key: `e${event.seq}`, event }, (old) => old.event === event);
      }
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
    this.put({ is: "message", key: `e${event.seq}`, event, head }, (old) => old.event === event && old.head === head);
  }

  #day(at: Millis): void {
    if (!this.#days.begins(at)) return;
    this.endFold();
    this.#author = null;
    this.put({ is: "day", key: `d${this.#days.key}`, at }, always);
  }
}

function isShown(event: RoomEvent, direct: boolean): boolean {
  if (COMING_AND_GOING.has(event.kind)) return !direct;
  if (!LINES.has(event.kind)) return false;
  return event.kind !== "created" && event.kind !== "private" ? true : !direct && event.user !== SERVER;
}

/** Days, where the reader is. Clocks may go back a little: days don't. */
class Days {
  key = "";
  #end = Number.NEGATIVE_INFINITY;

  copy(): Days {
    const copy = new Days();
    copy.key = this.key;
    copy.#end = this.#end;
    return copy;
  }

  /** Whether another day begins with this moment; the first one always does. */
  begins(at: Millis): boolean {
    if (at < this.#end) return false;
    const date = new Date(at);
    const end = new Date(date.getFullYear(), date.getMonth(), date.getDate() + 1).getTime();
    // A time that is none, such as one beyond the calendar's end, begins no day.
    if (Number.isNaN(end)) return false;
    this.#end = end;
    this.key = `${date.getFullYear()}-${date.getMonth() + 1}-${date.getDate()}`;
    return true;
  }
}
