/** A window of a room's log, as the rows that are shown: pure, so that it can be tested without a page. */
import {
  EVERYBODY,
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

const SAID: ReadonlySet<string> = new Set(["message", "action"]);
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

export interface Reading {
  me: UserId | null;
  /** The divider stands before the first message of others after this; null: there is none. */
  newAfter: Seq | null;
  /** In a conversation of two or more nobody comes and goes. */
  direct: boolean;
}

/** Whether it is something said. */
export function isSaid(event: RoomEvent): boolean {
  return SAID.has(event.kind);
}

/** Whether it names this user, or everybody. */
export function names(event: RoomEvent, me: UserId | null): boolean {
  if (event.mentions === undefined || me === null || event.user === me) return false;
  return event.mentions.includes(me) || event.mentions.includes(EVERYBODY);
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
 * what is on the screen stays as it is.
 */
export class Rows {
  #kept = new Map<string, Row>();

  make(window: LogWindow, pending: readonly Pending[], reading: Reading): readonly Row[] {
    const before = this.#kept;
    const kept = new Map<string, Row>();
    const rows: Row[] = [];
    const put = <R extends Row>(row: R, same: (old: R) => boolean): void => {
      const old = before.get(row.key);
      const stays = old !== undefined && old.is === row.is && same(old as R);
      const put = stays ? old : row;
      kept.set(put.key, put);
      rows.push(put);
    };
    const always = (): boolean => true;

    const { events } = window;
    if (window.atStart) put({ is: "start", key: "start" }, always);
    else if (events.length > 0) put({ is: "edge", key: "older", side: "older" }, always);

    const days = new Days();
    let divided = reading.newAfter === null;
    // The author under whose name the next message may stand.
    let author: { user: UserId; name: string; bot: boolean; at: Millis } | null = null;
    let folded: RoomEvent[] = [];
    const endFold = (): void => {
      const [first] = folded;
      if (first === undefined) return;
      const events = folded;
      folded = [];
      if (events.length === 1) put({ is: "line", key: `e${first.seq}`, event: first }, (old) => old.event === first);
      else {
        const last = events.at(-1);
        put(
          { is: "fold", key: `f${first.seq}`, events },
          (old) => old.events.length === events.length && old.events.at(-1) === last && old.events[0] === first,
        );
      }
    };
    const day = (at: Millis): void => {
      if (!days.begins(at)) return;
      endFold();
      author = null;
      put({ is: "day", key: `d${days.key}`, at }, always);
    };

    for (const event of events) {
      const said = SAID.has(event.kind);
      if (!said && !isShown(event, reading.direct)) continue;
      day(event.at);
      if (!said) {
        author = null;
        if (COMING_AND_GOING.has(event.kind)) folded.push(event);
        else {
          endFold();
          put({ is: "line", key: `e${event.seq}`, event }, (old) => old.event === event);
        }
        continue;
      }
      endFold();
      if (!divided && reading.newAfter !== null && event.seq > reading.newAfter && event.user !== reading.me) {
        divided = true;
        author = null;
        put({ is: "new", key: "new" }, always);
      }
      const head: boolean =
        author === null ||
        event.kind === "action" ||
        author.user !== event.user ||
        author.name !== event.name ||
        author.bot !== (event.bot ?? false) ||
        event.at - author.at > TOGETHER;
      author =
        event.kind === "action" ? null : { user: event.user, name: event.name, bot: event.bot ?? false, at: event.at };
      put({ is: "message", key: `e${event.seq}`, event, head }, (old) => old.event === event && old.head === head);
    }
    endFold();

    if (!window.atTip && events.length > 0) put({ is: "edge", key: "newer", side: "newer" }, always);
    // Where the window ends elsewhere, what is to be sent still stands at its end: it is not lost from sight.
    for (const one of pending) {
      day(one.at);
      const head: boolean =
        author === null || author.user !== reading.me || one.kind === "action" || one.at - author.at > TOGETHER;
      author =
        one.kind === "action" ? null : { user: reading.me ?? -1, name: author?.name ?? "", bot: false, at: one.at };
      put({ is: "pending", key: `p${one.key}`, pending: one, head }, (old) => old.pending === one && old.head === head);
    }
    this.#kept = kept;
    return rows;
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
