import type { Ticket } from "../effects";
import { isChange } from "../forms";
import type { ClientFrame, Mark, RoomFrame } from "../frames";
import { type SeqRange, withRange } from "../seqRanges";
import type { StoredRanges } from "../storedLog";
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
import { Aside } from "./aside";
import { Log } from "./log";
import { renamedIn } from "./names";
import type { Page } from "./requests";

/** Milliseconds after the last typing signal for which somebody counts as typing. Clients repeat it every 3 seconds. */
export const TYPING_LASTS = 6_000;
/** Milliseconds between two `read` frames of a room, and between two `got` frames. */
const MARKS = 1_000;

/** What some events have changed in a room. */
export interface Changes {
  /** Whether they have changed something that the list of rooms shows. */
  list: boolean;
  members: boolean;
  typing: boolean;
  /** Whether somebody has joined. The event has only their name, so the members have to be loaded again. */
  stranger: boolean;
  /** The seqs of edits by which an unread message mentions the user for the first time. */
  calls: Set<Seq>;
}

/** A room as this client knows it, derived from the server's frames. */
export class RoomState {
  room: Room;
  /** The parts of the log that are in the store. */
  spans: readonly SeqRange[];
  /** The seq of the last event of the stream that was processed. */
  end: Seq;
  /** The seq after which the stream of this connection began. */
  beganAfter: Seq = 0;
  /** Whether the server streams the room on this connection. */
  live = false;
  /** The tip when the stream began. The room as the server described it includes all events up to there. */
  tipAtBeginning: Seq = 0;
  readonly log = new Log();
  readonly aside = new Aside();
  members: readonly Member[] | null = null;
  /** Whether the room has members who are missing in `members`. */
  membersPartial = false;
  /** Whether the members are shown, and whether the list was loaded on this connection. */
  membersWanted = false;
  membersFresh = false;
  /** Whether the members have changed since the list that is being loaded was asked for. */
  membersStale = false;
  /** The seq up to which events are durable in the store, and the seq of the last `got` frame to the server. */
  durable: Seq = 0;
  gotSent: Seq = 0;
  gotAt: Millis = Number.NEGATIVE_INFINITY;
  readSent: Seq = 0;
  readAt: Millis = Number.NEGATIVE_INFINITY;
  typedAt: Millis = Number.NEGATIVE_INFINITY;
  /** Whether the client has asked to join the room again, and has no answer yet. */
  rejoining = false;
  /** The page that the window will show when it is loaded. */
  opening: Page | null = null;
  /** Calls of `older` and `newer` that wait for their page. */
  readonly waiting: { older: Ticket[]; newer: Ticket[] } = { older: [], newer: [] };
  /** How many pages were loaded in advance on this connection. */
  backfills = 0;
  readonly #typing = new Map<UserId, { name: string; until: Millis }>();
  #typingNames: readonly string[] = [];
  /** Messages of others after `#counted`, the seq up to which the server has counted unread messages. */
  #fresh: { seq: Seq; mentions: boolean }[] = [];
  #counted: Seq = 0;

  constructor(room: Room, held: StoredRanges | null) {
    this.room = room;
    const isHeld = held !== null && held.epoch === room.epoch;
    this.spans = isHeld ? held.spans : [];
    this.end = isHeld ? held.end : 0;
    this.durable = this.end;
    this.#counted = room.tip;
  }

  get id(): RoomId {
    return this.room.id;
  }

  /** The first seq of the stored range that contains `end`; `end + 1` if there is none. */
  get heldFrom(): Seq {
    return this.spans.find(([first, last]) => first <= this.end && this.end <= last)?.[0] ?? this.end + 1;
  }

  /**
   * The server begins to stream the room.
   *
   * @returns whether the history was replaced, as by restoring a backup.
   */
  begin(frame: RoomFrame): boolean {
    const after = frame.after ?? frame.tip;
    // If the stream begins before the last event that is here, the server has lost events. Treat that like another epoch.
    const rewound = this.end > 0 && (frame.epoch !== this.room.epoch || after < this.end);
    if (rewound || frame.epoch !== this.room.epoch) {
      this.spans = [];
      this.durable = this.gotSent = this.readSent = 0;
      this.aside.clear();
    }
    if (!rewound && after > this.end && this.end > 0) {
      // The changes between are missing in what is held.
      this.spans = [];
      this.log.detach();
      this.aside.clear();
    }
    this.end = this.beganAfter = after;
    this.live = true;
    this.tipAtBeginning = frame.tip;
    this.backfills = 0;
    this.membersFresh = false;
    this.describe(frame, rewound);
    return rewound;
  }

  /** Take the server's description of the room, which includes all events up to `frame.tip`. */
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
   * Apply events that follow `end`, in order.
   *
   * @param me the user.
   */
  take(events: readonly RoomEvent[], me: UserId): Changes {
    const changes: Changes = { list: false, members: false, typing: false, stranger: false, calls: new Set() };
    let room = { ...this.room };
    for (const event of events) {
      this.end = event.seq;
      room.tip = Math.max(room.tip, event.seq);
      if (isChange(event)) {
        if (this.#recount(room, event, me, changes.calls)) changes.list = true;
      } else if (isMessage(event)) {
        room.active = Math.max(room.active, event.at);
        changes.list = true;
        if (event.user !== me && event.seq > this.#counted && event.now?.erased === undefined) {
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

  /**
   * Count an unread message differently, which was erased, or mentions others after an edit. `room` gets the new counts.
   *
   * @param calls gets the edit's seq if the message mentions the user now and did not before.
   * @returns whether they have changed.
   */
  #recount(room: Room, event: RoomEvent, me: UserId, calls: Set<Seq>): boolean {
    const { target = 0 } = event;
    const isUnread = target > room.read;
    if (target <= this.#counted) {
      // The server has counted the message. If it did so before the erasure, its count is one too high. How many of the messages
      // mention the user it tells by itself.
      const isOwn = event.about?.user === me;
      if (event.kind !== "erased" || isOwn || !isUnread || event.seq <= this.#counted) return false;
      room.unread = Math.max(0, room.unread - 1);
      return true;
    }
    const at = this.#fresh.findIndex((each) => each.seq === target);
    const entry = this.#fresh[at];
    if (entry === undefined) return false;
    if (event.kind === "erased") {
      this.#fresh.splice(at, 1);
      if (!isUnread) return false;
      room.unread -= 1;
      if (entry.mentions) room.mentions -= 1;
      return true;
    }
    if (event.kind !== "edited" || event.now?.erased !== undefined) return false;
    const mentions = mentionsUser(event, me);
    if (mentions === entry.mentions) return false;
    this.#fresh[at] = { seq: target, mentions };
    if (isUnread) room.mentions += mentions ? 1 : -1;
    if (isUnread && mentions) calls.add(event.seq);
    return isUnread;
  }

  /** Events of this range are in the store, or are being stored. */
  hold(span: SeqRange): void {
    this.spans = withRange(this.spans, span);
  }

  /** Update the time of the last message from a page. Returns whether it has changed. */
  noteActive(events: readonly RoomEvent[]): boolean {
    const last = events.findLast(isMessage);
    if (last === undefined || last.at <= this.room.active) return false;
    this.room = { ...this.room, active: last.at };
    return true;
  }

  /** The user has read up to a seq on this device. Returns whether that is further than before. */
  read(seq: Seq): boolean {
    const read = Math.min(seq, Math.max(this.room.tip, this.log.last));
    if (read <= this.room.read) return false;
    // Up to `#counted` only the server's total is known. If some of these messages stay unread, keep the old count: the server
    // will send the new one.
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

  /** The server has counted the unread messages up to an event. */
  count(read: Seq, upto: Seq, unread: number, mentions: number): void {
    this.#fresh = this.#fresh.filter((each) => each.seq > upto);
    this.#counted = Math.max(this.#counted, upto);
    const newest = Math.max(read, this.room.read);
    const fresh = this.#fresh.filter((each) => each.seq > newest);
    // The user has read all messages that the server has counted, and it did not know that yet.
    const stale = newest > read && newest >= upto;
    this.room = {
      ...this.room,
      read: newest,
      unread: (stale ? 0 : unread) + fresh.length,
      mentions: (stale ? 0 : mentions) + fresh.filter((each) => each.mentions).length,
    };
    this.readSent = Math.max(this.readSent, read);
  }

  /** The marks (`read`, `got`) to send to the server now. */
  marksToSend(now: Millis): ClientFrame[] {
    const marksToSend: ClientFrame[] = [];
    if (!this.live) return marksToSend;
    if (this.room.read > this.readSent && now - this.readAt >= MARKS) {
      this.readAt = now;
      this.readSent = this.room.read;
      marksToSend.push({ t: "read", room: this.id, seq: this.readSent });
    }
    if (this.#owesGot && now - this.gotAt >= MARKS) {
      this.gotAt = now;
      this.gotSent = this.durable;
      marksToSend.push({ t: "got", room: this.id, seq: this.gotSent });
    }
    return marksToSend;
  }

  /** When the next mark has to be sent; infinite if there is none. */
  get marksDueAt(): Millis {
    if (!this.live) return Number.POSITIVE_INFINITY;
    const read = this.room.read > this.readSent ? this.readAt + MARKS : Number.POSITIVE_INFINITY;
    return Math.min(read, this.#owesGot ? this.gotAt + MARKS : Number.POSITIVE_INFINITY);
  }

  /** Whether to send a `got` frame. Not while the store lacks an event between the read mark and the newest event. */
  get #owesGot(): boolean {
    if (!this.room.receipts || this.durable <= this.gotSent || this.durable < this.end) return false;
    return this.heldFrom <= Math.max(this.room.floor, this.room.read + 1, this.gotSent + 1);
  }

  /** Members have received or read more. Returns whether anything has changed. */
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

  /** A member came online or went offline. Returns whether that is a change. */
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

  /** When the next typing signal expires; infinite if nobody is typing. */
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

  // Applying events

  #fold(room: Room, event: RoomEvent, me: UserId): Room {
    switch (event.kind) {
      case "joined":
        return { ...room, members: room.members + 1 };
      case "left":
      case "kicked":
        return { ...room, members: Math.max(0, room.members - 1) };
      case "banned": {
        // Somebody who is not a member can be banned too. If the members are not known, assume that a member was banned: the next
        // list of members corrects the number.
        const there =
          this.members === null || this.membersPartial || this.members.some((each) => each.id === event.about?.user);
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
        // Of a large room not all members are known; `findMembers` finds the others.
        if (this.membersPartial) return;
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

/** Whether an event mentions a user. */
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

/** A room that was not known before. */
export function newRoom(frame: RoomFrame, draft: string): Room {
  const { after: _, ...described } = frame;
  return { ...described, joined: true, draft, active: 0 };
}
