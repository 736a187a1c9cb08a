import type { Ticket } from "../effects";
import type { ClientFrame, Mark, RoomFrame } from "../frames";
import { type Span, withSpan } from "../seqRanges";
import type { Held } from "../store";
import {
  EVERYBODY,
  isMessage,
  type Member,
  type Millis,
  type Room,
  type RoomEvent,
  type RoomId,
  type Seq,
  type UserId,
} from "../types";
import { Log } from "./log";
import { renamedIn } from "./names";
import type { Page } from "./requests";

/** A signal that somebody is typing comes every three seconds; after so many without one they are not any more. */
export const TYPING_LASTS = 6_000;
/** Marks are told no more often. */
const MARKS = 1_000;

/** What the fold of events over a room has changed. */
export interface Changes {
  /** What a list of rooms shows. */
  list: boolean;
  members: boolean;
  typing: boolean;
  /** Somebody has come of whom nothing but the name is known. */
  stranger: boolean;
}

/** One room as this client knows it: a fold over what the server says. */
export class RoomState {
  room: Room;
  /** The pieces of the log that are in the store. */
  spans: readonly Span[];
  /** Up to where the server's stream was taken; what follows comes next. */
  end: Seq;
  /** Whether the server streams the room on this connection. */
  live = false;
  /** The tip when it began to: what is up to there is part of what the room object said. */
  tipAtBeginning: Seq = 0;
  readonly log = new Log();
  members: readonly Member[] | null = null;
  /** Whether a screen shows the members, and whether they are as of this connection. */
  membersWanted = false;
  membersFresh = false;
  /** Whether the answer that is on its way may be out of date already. */
  membersStale = false;
  /** Up to where everything that was taken is in the store, and how much of that the server was told. */
  durable: Seq = 0;
  gotSent: Seq = 0;
  gotAt: Millis = Number.NEGATIVE_INFINITY;
  readSent: Seq = 0;
  readAt: Millis = Number.NEGATIVE_INFINITY;
  typedAt: Millis = Number.NEGATIVE_INFINITY;
  /** Whether we have asked to be let in again. */
  rejoining = false;
  /** What the window is to show next, and is not there yet. */
  opening: Page | null = null;
  /** Who waits for the window to grow. */
  readonly waiting: { older: Ticket[]; newer: Ticket[] } = { older: [], newer: [] };
  /** How many pages were fetched on this connection without anybody asking. */
  backfills = 0;
  readonly #typing = new Map<UserId, { name: string; until: Millis }>();
  #typingNames: readonly string[] = [];
  /** What counts as unread after the last count of the server's, which is up to `#counted`. */
  #fresh: { seq: Seq; mentions: boolean }[] = [];
  #counted: Seq = 0;

  constructor(room: Room, held: Held | null) {
    this.room = room;
    this.spans = held !== null && held.epoch === room.epoch ? held.spans : [];
    this.end = this.spans.at(-1)?.[1] ?? 0;
    this.durable = this.end;
    this.#counted = room.tip;
  }

  get id(): RoomId {
    return this.room.id;
  }

  /** The first seq of the piece that ends where the stream is; one after it, if nothing is held there. */
  get heldFrom(): Seq {
    return this.spans.find(([first, last]) => first <= this.end && this.end <= last)?.[0] ?? this.end + 1;
  }

  /**
   * The server begins to stream the room.
   *
   * @returns whether it is another history than the one we know.
   */
  begin(frame: RoomFrame): boolean {
    const after = frame.after ?? frame.tip;
    // An `after` before what we have seen means that the server has no such seq: as bad as another epoch.
    const rewound = this.end > 0 && (frame.epoch !== this.room.epoch || after < this.end);
    if (rewound || frame.epoch !== this.room.epoch) {
      this.spans = [];
      this.durable = this.gotSent = this.readSent = 0;
    }
    if (!rewound && after > this.end && this.end > 0) this.log.detach();
    this.end = after;
    this.live = true;
    this.tipAtBeginning = frame.tip;
    this.backfills = 0;
    this.membersFresh = false;
    this.describe(frame, rewound);
    return rewound;
  }

  /** The server says what the room is like. */
  describe(frame: RoomFrame, rewound = false): void {
    const { after: _, ...described } = frame;
    const read = rewound ? frame.read : Math.max(frame.read, this.room.read);
    this.#counted = frame.tip;
    this.#fresh = [];
    this.room = { ...this.room, ...described, read };
    if (read >= frame.tip) this.room = { ...this.room, unread: 0, mentions: 0 };
    this.readSent = frame.read;
  }

  /** The connection is lost. Returns whether somebody was typing. */
  lost(): boolean {
    this.live = this.membersFresh = this.membersStale = false;
    const typed = this.#typing.size > 0;
    this.#typing.clear();
    this.#typingNames = [];
    return typed;
  }

  /**
   * Take events that follow on `end`, in order, and fold them in.
   *
   * @param me who we are.
   */
  take(events: readonly RoomEvent[], me: UserId): Changes {
    const changes: Changes = { list: false, members: false, typing: false, stranger: false };
    let room = { ...this.room };
    for (const event of events) {
      this.end = event.seq;
      room.tip = Math.max(room.tip, event.seq);
      if (isMessage(event)) {
        room.active = Math.max(room.active, event.at);
        changes.list = true;
        if (event.user !== me && event.seq > this.#counted) {
          const mentions = mentionsUser(event, me);
          this.#fresh.push({ seq: event.seq, mentions });
          if (event.seq > room.read) {
            room.unread += 1;
            if (mentions) room.mentions += 1;
          }
        }
        if (this.#typing.delete(event.user)) changes.typing = true;
      } else if (event.seq > this.tipAtBeginning) {
        room = this.#fold(room, event, me);
        changes.list = true;
      }
      this.#foldMembers(event, changes);
    }
    this.room = room;
    if (changes.typing) this.#listTyping();
    return changes;
  }

  /** These events are in the store, or will be. */
  hold(span: Span): void {
    this.spans = withSpan(this.spans, span);
  }

  /** When something was said last, as a page shows it. */
  noteActive(events: readonly RoomEvent[]): boolean {
    const last = events.findLast(isMessage);
    if (last === undefined || last.at <= this.room.active) return false;
    this.room = { ...this.room, active: last.at };
    return true;
  }

  /** The user has read up to there, on this device. Returns whether that is news. */
  read(seq: Seq): boolean {
    const read = Math.min(seq, Math.max(this.room.tip, this.log.last));
    if (read <= this.room.read) return false;
    // Of what the server has counted it is known only when nothing of it is left.
    const known = read >= this.#counted;
    const fresh = this.#fresh.filter((each) => each.seq > read);
    this.room = {
      ...this.room,
      read,
      unread: known ? fresh.length : this.room.unread,
      mentions: known ? fresh.filter((each) => each.mentions).length : this.room.mentions,
    };
    return true;
  }

  /** The server's count, up to an event. */
  count(read: Seq, upto: Seq, unread: number, mentions: number): void {
    this.#fresh = this.#fresh.filter((each) => each.seq > upto);
    this.#counted = Math.max(this.#counted, upto);
    const newest = Math.max(read, this.room.read);
    const fresh = this.#fresh.filter((each) => each.seq > newest);
    // We have read more than the server knew when it counted: it will count again.
    const stale = newest > read && newest >= upto;
    this.room = {
      ...this.room,
      read: newest,
      unread: (stale ? 0 : unread) + fresh.length,
      mentions: (stale ? 0 : mentions) + fresh.filter((each) => each.mentions).length,
    };
    this.readSent = Math.max(this.readSent, read);
  }

  /** What the server is to be told of how far we are, now. */
  owed(now: Millis): ClientFrame[] {
    const owed: ClientFrame[] = [];
    if (!this.live) return owed;
    if (this.room.read > this.readSent && now - this.readAt >= MARKS) {
      this.readAt = now;
      this.readSent = this.room.read;
      owed.push({ t: "read", room: this.id, seq: this.readSent });
    }
    if (this.#owesGot && now - this.gotAt >= MARKS) {
      this.gotAt = now;
      this.gotSent = this.durable;
      owed.push({ t: "got", room: this.id, seq: this.gotSent });
    }
    return owed;
  }

  /** When there is something to be told; infinite if there is not. */
  get owedAt(): Millis {
    if (!this.live) return Number.POSITIVE_INFINITY;
    const read = this.room.read > this.readSent ? this.readAt + MARKS : Number.POSITIVE_INFINITY;
    return Math.min(read, this.#owesGot ? this.gotAt + MARKS : Number.POSITIVE_INFINITY);
  }

  /** Whether more has arrived than was said. Nothing may be missing between what was read and that. */
  get #owesGot(): boolean {
    if (!this.room.receipts || this.durable <= this.gotSent || this.durable < this.end) return false;
    return this.heldFrom <= Math.max(this.room.floor, this.room.read + 1, this.gotSent + 1);
  }

  /** How far members have the room's events. Returns whether anything has moved. */
  mark(marks: readonly Mark[]): boolean {
    if (this.members === null) return false;
    const moved = new Map(marks.map((mark) => [mark.user, mark]));
    let changed = false;
    this.members = this.members.map((member) => {
      const mark = moved.get(member.id);
      if (mark === undefined || (mark.got <= member.got && mark.read <= member.read)) return member;
      changed = true;
      return { ...member, got: Math.max(mark.got, member.got), read: Math.max(mark.read, member.read) };
    });
    return changed;
  }

  /** Somebody is there, or is not any more. Returns whether that is news. */
  presence(user: UserId, online: boolean): boolean {
    const member = this.members?.find((each) => each.id === user);
    if (member === undefined || member.online === online) return false;
    this.#setMember({ ...member, online });
    return true;
  }

  // Typing

  get typing(): readonly string[] {
    return this.#typingNames;
  }

  /** When the next of those who are typing is to be taken for not typing any more; infinite if nobody is. */
  get typingUntil(): Millis {
    let until = Number.POSITIVE_INFINITY;
    for (const each of this.#typing.values()) until = Math.min(until, each.until);
    return until;
  }

  startTyping(user: UserId, name: string, now: Millis): boolean {
    const known = this.#typing.get(user)?.name === name;
    this.#typing.set(user, { name, until: now + TYPING_LASTS });
    if (!known) this.#listTyping();
    return !known;
  }

  expireTyping(now: Millis): boolean {
    let changed = false;
    for (const [user, each] of this.#typing) {
      if (each.until <= now) changed = this.#typing.delete(user) || changed;
    }
    if (changed) this.#listTyping();
    return changed;
  }

  #listTyping(): void {
    this.#typingNames = [...this.#typing.values()].map((each) => each.name);
  }

  // Folding

  #fold(room: Room, event: RoomEvent, me: UserId): Room {
    switch (event.kind) {
      case "joined":
        return { ...room, members: room.members + 1 };
      case "left":
      case "kicked":
        return { ...room, members: Math.max(0, room.members - 1) };
      case "banned": {
        // One can be banned without being there; where it is not known, the next members list puts it right.
        const there = this.members === null || this.members.some((each) => each.id === event.about?.user);
        return there ? { ...room, members: Math.max(0, room.members - 1) } : room;
      }
      case "topic":
        return { ...room, topic: event.text };
      case "room_renamed":
        return { ...room, name: event.text };
      case "renamed":
        return room.kind === "direct" && event.user !== me
          ? { ...room, name: renamedIn(room.name, event.name, event.text) }
          : room;
      case "archived":
        return { ...room, archived: true };
      case "reopened":
        return { ...room, archived: false };
      case "slow":
        return { ...room, slow: Number.parseInt(event.text, 10) || 0 };
      case "read_only":
        return { ...room, readOnly: event.text === "on" };
      case "calls":
        return { ...room, calls: event.text === "moderators" || event.text === "nobody" ? event.text : "members" };
      default:
        return room;
    }
  }

  #foldMembers(event: RoomEvent, changes: Changes): void {
    const members = this.members;
    if (members === null) return;
    const about = event.about?.user ?? 0;
    const without = (user: UserId): void => {
      if (!members.some((each) => each.id === user)) return;
      this.members = members.filter((each) => each.id !== user);
      changes.members = true;
    };
    switch (event.kind) {
      case "joined":
        changes.stranger = true;
        if (members.some((each) => each.id === event.user)) return;
        this.members = [...members, newcomer(event)];
        changes.members = true;
        return;
      case "left":
        without(event.user);
        return;
      case "kicked":
      case "banned":
        without(about);
        return;
      case "renamed": {
        const member = members.find((each) => each.id === event.user);
        if (member === undefined || event.seq <= this.tipAtBeginning) return;
        this.#setMember({ ...member, name: event.text });
        changes.members = true;
        return;
      }
      case "role": {
        const member = members.find((each) => each.id === about);
        const role = event.text;
        if (member === undefined || (role !== "owner" && role !== "moderator" && role !== "member")) return;
        this.#setMember({ ...member, role });
        changes.members = true;
        return;
      }
    }
  }

  #setMember(member: Member): void {
    this.members = this.members?.map((each) => (each.id === member.id ? member : each)) ?? null;
  }
}

/** Whether an event names somebody. */
export function mentionsUser(event: RoomEvent, user: UserId): boolean {
  return event.mentions?.some((each) => each === user || each === EVERYBODY) ?? false;
}

function newcomer(event: RoomEvent): Member {
  return {
    id: event.user,
    name: event.name,
    online: true,
    role: "member",
    bot: false,
    display: "",
    colour: "",
    got: 0,
    read: 0,
    since: event.seq,
  };
}

/** A room that the server speaks of for the first time. */
export function newRoom(frame: RoomFrame, draft: string): Room {
  const { after: _, ...described } = frame;
  return { ...described, joined: true, draft, active: 0 };
}
