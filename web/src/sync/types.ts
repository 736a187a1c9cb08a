/**
 * The sync engine as the interface sees it. Plain TypeScript without framework and DOM: the same engine runs in a browser tab
 * and under Node. The words are the server's (docs/glossary.md).
 *
 * The interface reads data from the engine, calls its methods, and is told of changes by `subscribe`. Returned objects are
 * never changed: a change makes a new object, so `===` tells whether something has changed.
 */

export type RoomId = number;
export type UserId = number;
export type Seq = number;

/** The `user` of events that the server itself causes. */
export const SERVER: UserId = 0;
/** In `mentions`: stands for all members of the room. */
export const EVERYBODY: UserId = 0;

/** Milliseconds since 1970 UTC, for display only: order is by seq. Some fields are durations in milliseconds. */
export type Millis = number;

export interface About {
  user: UserId;
  name: string;
  until?: Millis;
}

/** Who reacts with an emoji: how many users, and whether the user of this client is one of them. */
export interface Reaction {
  emoji: string;
  count: number;
  mine: boolean;
}

/** What a message is like at present, besides its text and mentions. Fields that do not apply are absent. */
export interface MessageNow {
  /** The seq of the newest edit, and the number of edits. */
  edited?: Seq;
  edits?: number;
  /** The seq of the event that erased the message, and who did it. */
  erased?: Seq;
  by?: UserId;
  byName?: string;
  /** In the order of the first reaction with each emoji. */
  reactions?: readonly Reaction[];
  /** Of a thread's root: the number of messages in the thread, the seq of the newest one, and the title. */
  replies?: number;
  last?: Seq;
  title?: string;
  /** The seq of the event that pinned the message. */
  pinned?: Seq;
}

/**
 * An entry of a room's log. docs/protocol/web.md lists the kinds; unknown kinds get no row. `text` and `mentions` of a message are
 * the present ones.
 */
export interface RoomEvent {
  seq: Seq;
  at: Millis;
  user: UserId;
  name: string;
  kind: string;
  text: string;
  about?: About;
  mentions?: readonly UserId[];
  bot?: boolean;
  /** Of a change: the message that it changes. Of a message: the one that it answers, or the root of its thread. */
  target?: Seq;
  /** The root of the thread that the message is in; of a change, that of its target. */
  thread?: Seq;
  /** In a thread: the message of the thread that this one answers. */
  reply?: Seq;
  /** Whether a message of a thread is shown in the room as well. */
  also?: boolean;
  now?: MessageNow;
  /** All changes up to this seq are in `text`, `mentions` and `now`. Absent: the event's own seq. */
  upto?: Seq;
  /** Set on the one entry of a window that replaces a run; its `seq` is that of the run's last event. */
  run?: Run;
}

/** A text that a message has had; `seq` is that of the message or of the edit. */
export interface Version {
  seq: Seq;
  at: Millis;
  text: string;
}

/** A user who reacts with an emoji. */
export interface Reactor {
  id: UserId;
  name: string;
}

/** Consecutive events of the kinds joined, left, renamed and invited, which one entry of a window replaces. */
export interface Run {
  /** The seq of the run's first event. */
  first: Seq;
  /** The last few events of the run, oldest first. */
  newest: readonly RoomEvent[];
}

/** The seq of an event; of a run, the seq of its first event. */
export function firstSeq(event: RoomEvent): Seq {
  return event.run?.first ?? event.seq;
}

/** Whether an event is a message or an action: only those count as unread. */
export function isMessage(event: RoomEvent): boolean {
  return event.kind === "message" || event.kind === "action";
}

export type ServerRole = "owner" | "admin" | "member" | "bot" | "guest";
export type RoomRole = "owner" | "moderator" | "member";
export type RoomKind = "public" | "private" | "direct";
export type Level = "all" | "mentions" | "nothing";

export interface Me {
  id: UserId;
  name: string;
  role: ServerRole;
  display: string;
  colour: string;
}

export interface Member {
  id: UserId;
  name: string;
  online: boolean;
  role: RoomRole;
  bot: boolean;
  display: string;
  colour: string;
  /** The seqs up to which the member has received and read the room's events; 0 in rooms without receipts. */
  got: Seq;
  read: Seq;
  /** The seq at which the member joined. Receipts for earlier messages do not count the member. */
  since: Seq;
}

/** A room that the user has joined, or watches (reads without being a member). */
export interface Room {
  id: RoomId;
  name: string;
  kind: RoomKind;
  topic: string;
  epoch: string;
  tip: Seq;
  floor: Seq;
  members: number;
  joined: boolean;
  archived: boolean;
  readOnly: boolean;
  slow: number;
  calls: "members" | "moderators" | "nobody";
  /** Whether members see what other members have received and read. */
  receipts: boolean;
  level: Level;
  favourite: boolean;
  /** The seq up to which the user has read on any device, and how many later messages of others there are. */
  read: Seq;
  unread: number;
  /** How many of the unread messages mention the user. */
  mentions: number;
  /** The text of the draft; empty if there is none. */
  draft: string;
  /** The time of the last known message, for ordering lists; 0 if none is known. */
  active: Millis;
}

/** A room in the list of all rooms of the server. */
export interface RoomListing {
  id: RoomId;
  name: string;
  kind: RoomKind;
  topic: string;
  members: number;
  archived: boolean;
  joined: boolean;
}

/** Somebody who holds a name on the server. */
export interface Person extends Me {
  online: boolean;
}

/** A page of what the server has found. `next` asks for the next page; empty if there is none. */
export interface Found<T> {
  items: readonly T[];
  next: string;
}

/** Why something failed: a sentence to show, and its code in the protocol. */
export interface Problem {
  code: string;
  message: string;
  /** Milliseconds after which another attempt may succeed. */
  retryAfter?: number;
}

export type Connection =
  /** The engine is reading the stored data of the last visit. */
  | { state: "starting" }
  | { state: "connecting"; attempt: number }
  | { state: "online" }
  /** Not connected; the next attempt is at `until`. `reason` is a sentence of the server's, or null. */
  | { state: "waiting"; attempt: number; until: Millis; reason: string | null }
  /** Nobody is signed in: show the entry screen. `problem` says why a session has ended, or what the server demands
   * (`name_needed`, `sign_in_needed`, `invitation_needed`). `access` says whom the server lets in. */
  | { state: "out"; problem: Problem | null; access: "open" | "invite" | "members" | "unknown" };

/** A change of a message that can wait in the outbox. */
export type ChangeKind = "edit" | "erase" | "react" | "unreact";

/** How a message is related to earlier ones. */
export interface Related {
  /** The message that it answers; in a thread, the message of the thread. */
  reply?: Seq;
  /** The root of the thread that it is said in. */
  thread?: Seq;
  /** Whether a message of a thread is shown in the room as well. */
  also?: boolean;
}

/** A message or a change of a message that the user has made, and that the server has not confirmed to have stored. */
export interface Pending extends Related {
  key: string;
  /** 0 for a message to a person whose direct room is not known yet; `to` is that person's name. */
  room: RoomId;
  to?: string;
  /** The user's name when they wrote it. */
  by?: string;
  /** Of a reaction: the emoji. Of an edit: the new text. */
  text: string;
  kind: "message" | "action" | ChangeKind;
  /** Of a change: the message that it changes. */
  target?: Seq;
  at: Millis;
  /** `refused`: the server will not store it; the user can `retry` or `discard` it. */
  state: "queued" | "sending" | "refused";
  problem?: Problem;
  /** Whether it is only in the memory of this tab, because the browser's store did not take it. */
  fleeting?: boolean;
}

/** Whether an entry of the outbox changes a message, rather than being one. */
export function isPendingChange(pending: Pending): boolean {
  return pending.target !== undefined;
}

/** The messages of a thread that are loaded, in order, without its root. */
export interface Thread {
  events: readonly RoomEvent[];
  atStart: boolean;
  loading: boolean;
  problem: Problem | null;
}

/** How far a message of the user's has come: of the `of` other members, `got` have received it and `read` have read it. */
export interface Status {
  state: "stored" | "delivered" | "read";
  got: number;
  read: number;
  of: number;
}

/**
 * A contiguous part of a room's log that is held in memory. While it is `atTip`, live events are added at its end. Changes of
 * messages are not listed, nor messages of threads that are not shown in the room.
 */
export interface LogWindow {
  events: readonly RoomEvent[];
  /** The seq of the last event that the window covers, listed or not; 0 if it covers none. */
  last: Seq;
  /** How often listed events were changed in place. */
  changes: number;
  /** Whether the window begins at the first event that the user may see, and whether it ends at the newest event of the log. */
  atStart: boolean;
  atTip: boolean;
  loadingOlder: boolean;
  loadingNewer: boolean;
  /** Why the last page could not be loaded; null if it was. */
  problem: Problem | null;
}

/** A window before anything is loaded. */
export const EMPTY_WINDOW: LogWindow = {
  events: [],
  last: 0,
  changes: 0,
  atStart: false,
  atTip: false,
  loadingOlder: false,
  loadingNewer: false,
  problem: null,
};

/** An invitation into a room. */
export interface Invited {
  room: RoomId;
  name: string;
  by: string;
}

/** The daily hours in which the user wants no notifications, in minutes since midnight, local time. */
export interface Hours {
  begin: number;
  end: number;
}

export interface Limits {
  frameBytes: number;
  textChars: number;
  nameChars: number;
  topicChars: number;
  page: number;
}

export type Change =
  | { what: "connection" }
  | { what: "me" }
  | { what: "rooms" } // a room was added, removed, or changed in what a list shows
  | { what: "room"; room: RoomId }
  | { what: "log"; room: RoomId } // the room's window
  | { what: "outbox"; room: RoomId }
  | { what: "members"; room: RoomId }
  | { what: "marks"; room: RoomId } // what others have received and read
  | { what: "typing"; room: RoomId }
  | { what: "invitations" }
  | { what: "hours" }
  /** An event was received live, not in a page of history. Meant for notifications: only one tab of the browser reports it. */
  | { what: "arrived"; room: RoomId; event: RoomEvent; mine: boolean; mentioned: boolean };

export type Answer<T = void> = { ok: true; value: T } | { ok: false; problem: Problem };

export interface Moderation {
  action:
    | "invite"
    | "kick"
    | "ban"
    | "mute"
    | "role"
    | "rename"
    | "archive"
    | "slow"
    | "read_only"
    | "guests"
    | "calls";
  whom?: string;
  undo?: boolean;
  until?: Millis;
  value?: string;
  why?: string;
}

export interface Engine {
  subscribe(listener: (change: Change) => void): () => void;

  connection(): Connection;
  me(): Me | null;
  server(): { name: string; limits: Limits } | null;
  hours(): Hours | null;

  /** The rooms that the user has joined or watches. */
  rooms(): readonly Room[];
  room(id: RoomId): Room | undefined;
  invitations(): readonly Invited[];
  /** The members that are known; null before any were loaded. Of a large room only some are known: `findMembers` finds others. */
  members(room: RoomId): readonly Member[] | null;
  /** The names of others who are typing. */
  typing(room: RoomId): readonly string[];
  window(room: RoomId): LogWindow;
  outbox(room: RoomId): readonly Pending[];
  /** Refused messages of archived rooms, and of rooms that the user is no longer in: no timeline shows them. */
  stranded(): readonly Pending[];
  /** How many messages the server has not confirmed to have stored. */
  unsent(): number;
  /** Whether a message was written in this tab, since it was opened. */
  wrote(key: string): boolean;
  /** How far the user's message `seq` has come; null if the room has no receipts, or its members are not known yet. */
  status(room: RoomId, seq: Seq): Status | null;
  /** The members who have read a message, without its sender. */
  readers(room: RoomId, seq: Seq): readonly Member[];

  /** Load the stored data and connect. Called again: make the next attempt to connect now. */
  start(): void;
  stop(): void;
  /** Call after signing in or out over HTTP, which changes the cookie: the engine forgets the user and connects anew. */
  identityChanged(): void;
  /** Remove all data of this user from the browser's store. */
  forget(): Promise<void>;

  /** Move the window: to the newest events, to the first unread one, or around `seq`. The answer has the seq to scroll to. */
  open(room: RoomId, at: "newest" | "unread" | { seq: Seq }): Promise<Answer<{ seq: Seq | null }>>;
  older(room: RoomId): Promise<void>;
  newer(room: RoomId): Promise<void>;
  /** A message that is held in memory, whether the window lists it or not. Null: it can't be seen. Undefined: it is not loaded. */
  held(room: RoomId, seq: Seq): RoomEvent | null | undefined;
  /** Load a message that is not held. A change of the room's log tells when it is. */
  wantMessage(room: RoomId, seq: Seq): void;
  /** The messages of a thread. They are held, and followed, from `openThread` to `closeThread`. */
  thread(room: RoomId, root: Seq): Thread;
  /** The root of the thread that a message is said in; null if it is said in the room, or is not there. */
  threadOf(room: RoomId, seq: Seq): Promise<Answer<Seq | null>>;
  /** Load the newest messages of a thread; called again, earlier ones. */
  openThread(room: RoomId, root: Seq): void;
  closeThread(room: RoomId, root: Seq): void;
  /** The pinned messages of a room, in the order in which they were said. */
  pins(room: RoomId): Promise<Answer<readonly RoomEvent[]>>;
  /** The texts that a message has had, oldest first: for its author and moderators. */
  versions(room: RoomId, seq: Seq): Promise<Answer<readonly Version[]>>;
  /** Who reacts with an emoji to a message. */
  reactors(room: RoomId, seq: Seq, emoji: string): Promise<Answer<readonly Reactor[]>>;
  /** The seq of the first event at or after a time. */
  find(room: RoomId, at: Millis): Promise<Answer<Seq>>;
  /** Call this when the room is no longer shown. Its window may then be dropped from memory. */
  close(room: RoomId): void;

  /** Put a message into the outbox, which the browser keeps until the server has stored the message. */
  send(room: RoomId, text: string, kind?: "message" | "action", related?: Related): void;
  /** Put a change of a message into the outbox. It replaces an earlier one that it makes needless. */
  change(room: RoomId, target: Seq, kind: ChangeKind, text: string): void;
  /** Whether a message was written in a room that `outbox` does not show yet. */
  isWriting(room: RoomId): boolean;
  /** Whether a message of the outbox was never sent, so that it can still be written differently. */
  canRewrite(key: string): boolean;
  /** Write a message of the outbox differently. Call it only if `canRewrite`. */
  rewrite(key: string, text: string): void;
  pin(room: RoomId, seq: Seq, on: boolean): Promise<Answer>;
  /** Like `send`, for a message to a person with whom no direct room is known. */
  sendDirect(to: string, text: string, kind?: "message" | "action"): void;
  retry(key: string): void;
  discard(key: string): void;
  setDraft(room: RoomId, text: string): void;
  isTyping(room: RoomId): void;
  /** The user has read the room up to this seq. */
  read(room: RoomId, seq: Seq): void;
  wantMembers(room: RoomId): void;

  join(name: string, room?: RoomId): Promise<Answer<RoomId>>;
  create(name: string, isPrivate: boolean): Promise<Answer<RoomId>>;
  /** Open the direct room with these people; the server makes it if there is none. */
  openDirect(names: readonly string[]): Promise<Answer<RoomId>>;
  leave(room: RoomId): Promise<Answer>;
  /** A page of the rooms that the user may see, except direct ones: all in the order of their names, or those that match `query`.
   * `next` is the `next` of the previous page; empty for the first page. */
  findRooms(query: string, next: string): Promise<Answer<Found<RoomListing>>>;
  /** Like `findRooms`, for the people of the server (`findPeople`) and for the members of a room (`findMembers`). */
  findPeople(query: string, next: string): Promise<Answer<Found<Person>>>;
  findMembers(room: RoomId, query: string, next: string): Promise<Answer<Found<Member>>>;
  setTopic(room: RoomId, topic: string): Promise<Answer>;
  moderate(room: RoomId, what: Moderation): Promise<Answer>;
  rename(name: string): Promise<Answer>;
  prefer(room: RoomId, what: { level?: Level; favourite?: boolean }): Promise<Answer>;
  setHours(hours: Hours | null): Promise<Answer>;
}
