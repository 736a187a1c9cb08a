/**
 * The sync engine, as the interface sees it. Plain TypeScript, no framework, nothing of the DOM: the same engine runs in a
 * tab and under Node. The words are the server's: room, log, event, seq, epoch, cursor, outbox, session, key.
 *
 * The interface only reads what is here, calls the actions, and hears of changes by `subscribe`. Everything returned is to be
 * treated as immutable: what changes is a new object, so that `===` tells whether it did.
 */

export type RoomId = number;
export type UserId = number;
export type Seq = number;

/** Of whom the server's own events are. */
export const SERVER: UserId = 0;
/** In `mentions`: everybody in the room. */
export const EVERYBODY: UserId = 0;

/** Milliseconds since 1970 UTC, for people to read. Nothing is ordered by it. */
export type Millis = number;

export interface About {
  user: UserId;
  name: string;
  until?: Millis;
}

/** An entry of a room's log. docs/protocol/web.md lists the kinds; one that is not known is counted and not shown. */
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
  /** How far they have the room's events, and have read them; 0 where the room has no receipts. */
  got: Seq;
  read: Seq;
  /** The seq at which they came in: what was said before was not said to them. */
  since: Seq;
}

/** A room one is in, or watches. */
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
  /** Whether members tell one another what they have read. */
  receipts: boolean;
  level: Level;
  favourite: boolean;
  /** The seq up to which one has read, on any device; and exactly how many messages of others follow, and name one. */
  read: Seq;
  unread: number;
  mentions: number;
  /** Where the draft stands, if there is one; kept through a reload. */
  draft: string;
  /** Milliseconds of the last message known, for ordering lists; 0 if none is. */
  active: Millis;
}

/** A room as a directory shows it. */
export interface RoomListing {
  id: RoomId;
  name: string;
  kind: RoomKind;
  topic: string;
  members: number;
  archived: boolean;
  joined: boolean;
}

/** A sentence for people, and the code it has in the protocol. */
export interface Problem {
  code: string;
  message: string;
  /** Milliseconds after which it may succeed. */
  retryAfter?: number;
}

export type Connection =
  /** What is cached is being read. */
  | { state: "starting" }
  | { state: "connecting"; attempt: number }
  | { state: "online" }
  /** Not connected; the next attempt is at `until`. `reason` is a sentence, if the server said one. */
  | { state: "waiting"; attempt: number; until: Millis; reason: string | null }
  /** There is nobody to be: the entry screen. `problem` says why, if one was signed in before, or what the server asks for
   * (`name_needed`: a name, `sign_in_needed`: an account, `invitation_needed`). */
  | { state: "out"; problem: Problem | null; access: "open" | "invite" | "members" | "unknown" };

/** A message of one's own that is not stored yet, as far as is known. In the order in which they will be sent. */
export interface Pending {
  key: string;
  /** 0 for a message that makes its direct room; then `to` says with whom. */
  room: RoomId;
  to?: string;
  /** The name of who wrote it. */
  by?: string;
  text: string;
  kind: "message" | "action";
  at: Millis;
  /** `refused`: the server said no for good; `retry` and `discard` are offered. */
  state: "queued" | "sending" | "refused";
  problem?: Problem;
  /** It is in this page's memory alone: the browser has not stored it. */
  fleeting?: boolean;
}

/** What is known of a message of one's own: the promise's words. `of` counts the members but oneself. */
export interface Status {
  state: "stored" | "delivered" | "read";
  got: number;
  read: number;
  of: number;
}

/**
 * A piece of a room's log that is held in memory, without holes: the events from `first` to `last`. While `atTip`, what comes
 * live is added at its end.
 */
export interface LogWindow {
  events: readonly RoomEvent[];
  /** Whether the log begins here (for this user), and whether it ends here. */
  atStart: boolean;
  atTip: boolean;
  loadingOlder: boolean;
  loadingNewer: boolean;
  /** Of the last page that could not be had, e.g. offline. */
  problem: Problem | null;
}

/** A window before anything is loaded. */
export const EMPTY_WINDOW: LogWindow = {
  events: [],
  atStart: false,
  atTip: false,
  loadingOlder: false,
  loadingNewer: false,
  problem: null,
};

export interface Invited {
  room: RoomId;
  name: string;
  by: string;
}

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
  | { what: "rooms" } // one came, went, or was changed in what a list shows
  | { what: "room"; room: RoomId }
  | { what: "log"; room: RoomId } // the window
  | { what: "outbox"; room: RoomId }
  | { what: "members"; room: RoomId }
  | { what: "marks"; room: RoomId } // what others got and read: statuses may differ
  | { what: "typing"; room: RoomId }
  | { what: "invitations" }
  | { what: "hours" }
  /** An event came live (not by a page, not by catching up what another tab has shown): for notifications. In one tab only. */
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

  /** The rooms one is in, and those one watches. */
  rooms(): readonly Room[];
  room(id: RoomId): Room | undefined;
  invitations(): readonly Invited[];
  members(room: RoomId): readonly Member[] | null;
  /** Who is typing, but oneself. */
  typing(room: RoomId): readonly string[];
  window(room: RoomId): LogWindow;
  outbox(room: RoomId): readonly Pending[];
  /** What was refused, and is in the outbox of no room that one is in: those messages have no other place to be shown. */
  stranded(): readonly Pending[];
  /** How many messages the server is not known to have. */
  unsent(): number;
  /** Whether a message was written by this engine, and not in another tab or at another time. */
  wrote(key: string): boolean;
  /** Of a message of one's own; null where the room has no receipts or its members are not known yet. */
  status(room: RoomId, seq: Seq): Status | null;
  /** Who has read it, but its sender; for "read by". */
  readers(room: RoomId, seq: Seq): readonly Member[];

  /** Connect, or try again now. */
  start(): void;
  stop(): void;
  /** After signing in or out over HTTP (the cookie is another one): forget who one was, and connect as whom one is now. */
  identityChanged(): void;
  /** Sign out: also forget everything cached of this user, on this device. */
  forget(): Promise<void>;

  /** Move the window: to the newest events, to the first unread one, or so that it holds `seq` in its midst. */
  open(room: RoomId, at: "newest" | "unread" | { seq: Seq }): Promise<Answer<{ seq: Seq | null }>>;
  older(room: RoomId): Promise<void>;
  newer(room: RoomId): Promise<void>;
  /** The seq of the first event that is not older. */
  find(room: RoomId, at: Millis): Promise<Answer<Seq>>;
  /** Nothing of this room is on a screen any more: its window may be let go of. */
  close(room: RoomId): void;

  /** Put a message into the outbox. It is kept there, in the browser, until the server has stored it. `room` 0: `to` someone. */
  send(room: RoomId, text: string, kind?: "message" | "action"): void;
  sendDirect(to: string, text: string, kind?: "message" | "action"): void;
  retry(key: string): void;
  discard(key: string): void;
  setDraft(room: RoomId, text: string): void;
  isTyping(room: RoomId): void;
  /** The user has read up to there: the newest event they have had on a visible screen. */
  read(room: RoomId, seq: Seq): void;
  wantMembers(room: RoomId): void;

  join(name: string, room?: RoomId): Promise<Answer<RoomId>>;
  create(name: string, isPrivate: boolean): Promise<Answer<RoomId>>;
  openDirect(names: readonly string[]): Promise<Answer<RoomId>>;
  leave(room: RoomId): Promise<Answer>;
  directory(): Promise<Answer<readonly RoomListing[]>>;
  setTopic(room: RoomId, topic: string): Promise<Answer>;
  moderate(room: RoomId, what: Moderation): Promise<Answer>;
  rename(name: string): Promise<Answer>;
  prefer(room: RoomId, what: { level?: Level; favourite?: boolean }): Promise<Answer>;
  setHours(hours: Hours | null): Promise<Answer>;
}
