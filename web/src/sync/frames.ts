/**
 * The frames of the web protocol (docs/protocol/web.md), read and written. Reading is tolerant: unknown fields are dropped, an
 * unknown frame is null, and fields that the protocol omits get their defaults.
 */
import {
  type About,
  type Hours,
  isMessage,
  type Level,
  type Limits,
  type Me,
  type Member,
  type MessageNow,
  type Millis,
  type Moderation,
  type Person,
  type Reaction,
  type Reactor,
  type Room,
  type RoomEvent,
  type RoomId,
  type RoomRole,
  type Seq,
  type ServerRole,
  type UserId,
  type Version,
} from "./types";

export const PROTOCOL = 1;

/** What a client has of a room's log: the events of this epoch up to this seq. */
export interface Seen {
  epoch: string;
  seq: Seq;
}

/** Which part of a list the client asks for; without fields, the first page. `after` is the `next` of the previous page. */
export interface DirectoryQuery {
  query?: string;
  after?: string;
  limit?: number;
}

/** A frame that changes a message. */
export type MessageChange = { id: string; key?: string; room: RoomId; seq: Seq } & (
  | { t: "edit"; text: string; if_edited?: Seq }
  | { t: "erase"; why?: string }
  | { t: "react"; emoji: string; on: boolean }
  | { t: "pin"; on: boolean }
  | { t: "title"; text: string }
);

// Frames from the client
export type ClientFrame =
  | {
      t: "hello";
      protocol: number;
      name?: string;
      token?: string;
      new_token?: string;
      invitation?: string;
      seen?: readonly ({ room: RoomId } & Seen)[];
    }
  | { t: "join"; id: string; name: string; room?: RoomId; seen?: Seen }
  | { t: "create"; id: string; name: string; private?: boolean }
  | { t: "gather"; id: string; names: readonly string[] }
  | ({ t: "moderate"; id: string; room: RoomId } & Moderation)
  | { t: "leave"; id: string; room: RoomId; words?: string }
  | { t: "watch"; id: string; name: string; seen?: Seen }
  | { t: "unwatch"; id: string; room: RoomId }
  | {
      t: "send";
      key: string;
      room: RoomId;
      text: string;
      kind?: "action";
      reply?: Seq;
      thread?: Seq;
      also?: boolean;
    }
  | { t: "tell"; key: string; to: string; text: string; kind?: "action" }
  | { t: "rename"; id: string; name: string }
  | { t: "topic"; id: string; room: RoomId; topic: string }
  | {
      t: "history";
      id: string;
      room: RoomId;
      limit: number;
      before?: Seq;
      after?: Seq;
      /** Absent: the log as it was, with changes and the messages of threads. */
      present?: true;
      fold?: boolean;
      thread?: Seq;
    }
  | { t: "pins"; id: string; room: RoomId }
  | { t: "versions"; id: string; room: RoomId; seq: Seq }
  | { t: "reactors"; id: string; room: RoomId; seq: Seq; emoji: string; after?: Seq }
  | MessageChange
  | ({ t: "members"; id: string; room: RoomId } & DirectoryQuery)
  | ({ t: "rooms"; id: string } & DirectoryQuery)
  | ({ t: "people"; id: string } & DirectoryQuery)
  | { t: "typing"; room: RoomId }
  | { t: "read"; room: RoomId; seq: Seq }
  | { t: "got"; room: RoomId; seq: Seq }
  | { t: "prefer"; id: string; room?: RoomId; level?: Level; favourite?: boolean; hours?: Hours | null }
  | { t: "find"; id: string; room: RoomId; at: Millis }
  | { t: "bye"; words?: string };

/** The frame's JSON. */
export function encode(frame: ClientFrame): string {
  return JSON.stringify(frame);
}

const utf8 = new TextEncoder();

/** The length of the encoded frame in bytes. */
export function frameBytes(frame: ClientFrame): number {
  return utf8.encode(encode(frame)).length;
}

// Frames from the server
/** A room as the server describes it. If it is streamed, the stream begins with the event after `after`. */
export type RoomFrame = Omit<Room, "joined" | "draft" | "active"> & { after: Seq | null };

/** The seqs up to which a member has received and read a room's events. */
export interface Mark {
  user: UserId;
  got: Seq;
  read: Seq;
}

export type ServerFrame =
  | {
      t: "ready";
      protocol: number;
      server: string;
      user: Me | null;
      token: string | null;
      rooms: RoomFrame[];
      limits: Limits;
      hours: Hours | null;
    }
  | { t: "joined"; id: string | null; room: RoomFrame }
  | { t: "watching"; id: string | null; room: RoomFrame }
  | { t: "left"; room: RoomId; seq: Seq }
  | { t: "invited"; room: RoomId; name: string; by: Me }
  /** Of a change of a message, `seq` is that of the event that made it so; 0 of anything else. */
  | { t: "done"; id: string | null; seq: Seq }
  | { t: "versions"; id: string | null; versions: Version[] }
  | { t: "reactors"; id: string | null; users: Reactor[]; next: Seq }
  | { t: "stored"; key: string; room: RoomId; seq: Seq }
  | { t: "events"; room: RoomId; events: RoomEvent[] }
  /** `first` and `last`: the seqs that the page covers; `upto`: the seq as of which its messages are. Null on a raw page. */
  | {
      t: "page";
      id: string | null;
      room: RoomId;
      epoch: string;
      events: RoomEvent[];
      more: boolean;
      first: Seq | null;
      last: Seq | null;
      upto: Seq | null;
    }
  | { t: "rooms"; id: string | null; rooms: RoomFrame[]; next: string }
  | { t: "members"; id: string | null; room: RoomId; members: Member[]; next: string }
  | { t: "people"; id: string | null; people: Person[]; next: string }
  | { t: "signal"; kind: string; room: RoomId; user: UserId; name: string; online: boolean }
  | { t: "unread"; room: RoomId; read: Seq; upto: Seq; unread: number; mentions: number }
  | { t: "marks"; room: RoomId; marks: Mark[] }
  | { t: "preferred"; room: RoomId; level: Level; favourite: boolean; hours: Hours | null }
  | { t: "found"; id: string | null; room: RoomId; seq: Seq }
  | { t: "error"; code: string; message: string; id: string | null; key: string | null; retryAfter: number | null }
  | { t: "bye"; reason: string | null; retryAfter: number | null };

/** The server has sent something that is not a frame. */
export class FrameError extends Error {
  override name = "FrameError";
}

/** The server has broken the protocol. The client reconnects, and its hello states which events it has. */
export class ProtocolViolation extends Error {
  override name = "ProtocolViolation";
}

/**
 * Read a frame from the server; null for a kind of frame that this version does not know.
 *
 * @throws FrameError if it is not a frame.
 */
export function decode(data: string): ServerFrame | null {
  let value: unknown;
  try {
    value = JSON.parse(data);
  } catch {
    throw new FrameError("it is no JSON");
  }
  const frame = fields(value, "the frame");
  const id = (): string | null => textOrNull(frame, "id");
  const inRoom = (): RoomId => number(frame, "room");
  const retryAfter = (): number | null => numberOrNull(frame, "retry_after");
  const [favourite, online, more] = [frame["favourite"] === true, frame["online"] === true, frame["more"] === true];
  switch (text(frame, "t")) {
    case "ready":
      return {
        t: "ready",
        protocol: number(frame, "protocol"),
        server: text(frame, "server"),
        user: isNothing(frame["user"]) ? null : person(frame["user"]),
        token: textOrNull(frame, "token"),
        rooms: list(frame, "rooms").map(room),
        limits: limits(frame["limits"]),
        hours: hours(frame["hours"]),
      };
    case "joined":
      return { t: "joined", id: id(), room: room(frame["room"]) };
    case "watching":
      return { t: "watching", id: id(), room: room(frame["room"]) };
    case "left":
      return { t: "left", room: inRoom(), seq: number(frame, "seq") };
    case "invited":
      return { t: "invited", room: inRoom(), name: text(frame, "name"), by: person(frame["by"]) };
    case "done":
      return { t: "done", id: id(), seq: number(frame, "seq", 0) };
    case "versions":
      return { t: "versions", id: id(), versions: list(frame, "versions").map(version) };
    case "reactors": {
      const users = list(frame, "users").map(reactor);
      return { t: "reactors", id: id(), users, next: number(frame, "next", 0) };
    }
    case "stored":
      return { t: "stored", key: text(frame, "key"), room: inRoom(), seq: number(frame, "seq") };
    case "events":
      return { t: "events", room: inRoom(), events: list(frame, "events").map(roomEvent) };
    case "page":
      return {
        t: "page",
        id: id(),
        room: inRoom(),
        epoch: text(frame, "epoch"),
        ...pageOf(frame),
        more,
      };
    case "rooms":
      return { t: "rooms", id: id(), rooms: list(frame, "rooms").map(room), next: text(frame, "next", "") };
    case "members": {
      const members = list(frame, "members").map(member);
      return { t: "members", id: id(), room: inRoom(), members, next: text(frame, "next", "") };
    }
    case "people": {
      const people = list(frame, "people").map((each) => ({
        ...person(each),
        online: fields(each, "a user")["online"] === true,
      }));
      return { t: "people", id: id(), people, next: text(frame, "next", "") };
    }
    case "signal": {
      const [kind, user, name] = [text(frame, "kind"), number(frame, "user"), text(frame, "name")];
      return { t: "signal", kind, room: inRoom(), user, name, online };
    }
    case "unread": {
      const [unread, mentions] = [number(frame, "unread", 0), number(frame, "mentions", 0)];
      return {
        t: "unread",
        room: inRoom(),
        read: number(frame, "read"),
        upto: number(frame, "upto"),
        unread,
        mentions,
      };
    }
    case "marks":
      return { t: "marks", room: inRoom(), marks: list(frame, "marks").map(mark) };
    case "preferred":
      return {
        t: "preferred",
        room: number(frame, "room", 0),
        level: level(frame),
        favourite,
        hours: hours(frame["hours"]),
      };
    case "found":
      return { t: "found", id: id(), room: inRoom(), seq: number(frame, "seq") };
    case "error": {
      const [code, message] = [text(frame, "code"), text(frame, "message", "")];
      return { t: "error", code, message, id: id(), key: textOrNull(frame, "key"), retryAfter: retryAfter() };
    }
    case "bye":
      return { t: "bye", reason: textOrNull(frame, "reason"), retryAfter: retryAfter() };
    default:
      return null;
  }
}

// Parts of frames

type Fields = { readonly [name: string]: unknown };

function fields(value: unknown, what: string): Fields {
  if (typeof value !== "object" || value === null || Array.isArray(value)) throw new FrameError(`${what} is no object`);
  return value as Fields;
}

function isNothing(value: unknown): value is null | undefined {
  return value === null || value === undefined;
}

function text(from: Fields, name: string, otherwise?: string): string {
  const value = from[name];
  if (typeof value === "string") return value;
  if (isNothing(value) && otherwise !== undefined) return otherwise;
  throw new FrameError(`${name} is no text`);
}

function textOrNull(from: Fields, name: string): string | null {
  return isNothing(from[name]) ? null : text(from, name);
}

function number(from: Fields, name: string, otherwise?: number): number {
  const value = from[name];
  if (typeof value === "number") return value;
  if (isNothing(value) && otherwise !== undefined) return otherwise;
  throw new FrameError(`${name} is no number`);
}

function numberOrNull(from: Fields, name: string): number | null {
  return isNothing(from[name]) ? null : number(from, name);
}

function list(from: Fields, name: string): unknown[] {
  const value = from[name];
  if (Array.isArray(value)) return value;
  throw new FrameError(`${name} is no list`);
}

function level(from: Fields): Level {
  const value = from["level"];
  return value === "all" || value === "nothing" ? value : "mentions";
}

function roomRole(from: Fields): RoomRole {
  const value = from["role"];
  return value === "owner" || value === "moderator" ? value : "member";
}

function serverRole(from: Fields): ServerRole {
  const value = from["role"];
  return value === "owner" || value === "admin" || value === "member" || value === "bot" ? value : "guest";
}

function hours(value: unknown): Hours | null {
  if (isNothing(value)) return null;
  const from = fields(value, "hours");
  return { begin: number(from, "begin"), end: number(from, "end") };
}

function limits(value: unknown): Limits {
  const from = fields(value, "limits");
  return {
    frameBytes: number(from, "frame_bytes"),
    textChars: number(from, "text_chars"),
    nameChars: number(from, "name_chars"),
    topicChars: number(from, "topic_chars"),
    page: number(from, "page"),
  };
}

function person(value: unknown): Me {
  const from = fields(value, "a user");
  return {
    id: number(from, "id"),
    name: text(from, "name"),
    role: serverRole(from),
    display: text(from, "display", ""),
    colour: text(from, "colour", ""),
  };
}

function room(value: unknown): RoomFrame {
  const from = fields(value, "a room");
  const kind = text(from, "kind");
  const calls = from["calls"];
  return {
    id: number(from, "id"),
    name: text(from, "name"),
    // Treat an unknown kind as private: then the interface does not call the room public.
    kind: kind === "public" || kind === "direct" ? kind : "private",
    topic: text(from, "topic", ""),
    epoch: text(from, "epoch"),
    tip: number(from, "tip"),
    members: number(from, "members", 0),
    after: numberOrNull(from, "after"),
    floor: number(from, "floor", 1),
    archived: from["archived"] === true,
    readOnly: from["read_only"] === true,
    slow: number(from, "slow", 0),
    calls: calls === "moderators" || calls === "nobody" ? calls : "members",
    receipts: from["receipts"] === true,
    read: number(from, "read", 0),
    unread: number(from, "unread", 0),
    mentions: number(from, "mentions", 0),
    level: kind === "direct" && isNothing(from["level"]) ? "all" : level(from),
    favourite: from["favourite"] === true,
  };
}

function member(value: unknown): Member {
  const from = fields(value, "a member");
  return {
    id: number(from, "id"),
    name: text(from, "name"),
    online: from["online"] === true,
    role: roomRole(from),
    bot: from["bot"] === true,
    display: text(from, "display", ""),
    colour: text(from, "colour", ""),
    got: number(from, "got", 0),
    read: number(from, "read", 0),
    since: number(from, "since", 0),
  };
}

function version(value: unknown): Version {
  const from = fields(value, "a version");
  return { seq: number(from, "seq"), at: number(from, "at", 0), text: text(from, "text", "") };
}

function reactor(value: unknown): Reactor {
  const from = fields(value, "a user");
  return { id: number(from, "id"), name: text(from, "name", "") };
}

function mark(value: unknown): Mark {
  if (!Array.isArray(value)) throw new FrameError("a mark is no list");
  const [user, got, read] = value as unknown[];
  if (typeof user !== "number" || typeof got !== "number" || typeof read !== "number") {
    throw new FrameError("a mark has three numbers");
  }
  return { user, got, read };
}

function roomEvent(value: unknown): RoomEvent {
  const from = fields(value, "an event");
  const event: RoomEvent = {
    seq: number(from, "seq"),
    at: number(from, "at", 0),
    user: number(from, "user", 0),
    name: text(from, "name", ""),
    kind: text(from, "kind", "message"),
    text: text(from, "text", ""),
  };
  if (!isNothing(from["about"])) event.about = about(from["about"]);
  mentioned(event, from["mentions"]);
  if (from["bot"] === true) event.bot = true;
  for (const name of ["target", "thread", "reply"] as const) {
    const seq = number(from, name, 0);
    if (seq > 0) event[name] = seq;
  }
  if (from["also"] === true) event.also = true;
  if (!isNothing(from["now"])) present(event, fields(from["now"], "now"));
  return event;
}

/** Give an event its present form. */
function present(event: RoomEvent, from: Fields): void {
  const now: MessageNow = {};
  for (const name of ["edited", "edits", "erased", "by", "replies", "last", "pinned"] as const) {
    const value = number(from, name, 0);
    if (value > 0) now[name] = value;
  }
  const title = text(from, "title", "");
  if (title !== "") now.title = title;
  const reactions = isNothing(from["reactions"]) ? [] : list(from, "reactions").map(reaction);
  if (reactions.length > 0) now.reactions = reactions;
  event.now = now;
  if (now.erased !== undefined) {
    // How often it was edited says nothing any more.
    delete now.edited;
    delete now.edits;
    event.name = text(from, "name", event.name);
  } else if (now.edited !== undefined) {
    event.text = text(from, "text", "");
    delete event.mentions;
    mentioned(event, from["mentions"]);
  }
}

function reaction(value: unknown): Reaction {
  if (!Array.isArray(value)) throw new FrameError("a reaction is no list");
  const [emoji, count, mine] = value as unknown[];
  if (typeof emoji !== "string" || typeof count !== "number")
    throw new FrameError("a reaction has an emoji and a count");
  return { emoji, count, mine: mine === true };
}

function mentioned(event: RoomEvent, mentions: unknown): void {
  if (!Array.isArray(mentions) || mentions.length === 0) return;
  event.mentions = mentions.filter((user): user is number => typeof user === "number");
}

type PageFrame = ServerFrame & { t: "page" };

/** A page's events and runs, in their order, and what the page covers. */
function pageOf(frame: Fields): Pick<PageFrame, "events" | "first" | "last" | "upto"> {
  const upto = numberOrNull(frame, "upto");
  const events = list(frame, "events").map(roomEvent);
  if (upto !== null) for (const event of events) if (isMessage(event)) event.upto = upto;
  const runs = (isNothing(frame["runs"]) ? [] : list(frame, "runs")).map((value) => {
    const from = fields(value, "a run");
    const newest = list(from, "newest").map(roomEvent);
    const at = newest.at(-1)?.at ?? 0;
    const run = { first: number(from, "first"), newest };
    return { seq: number(from, "last"), at, user: 0, name: "", kind: "", text: "", run };
  });
  const all = runs.length > 0 ? [...events, ...runs].sort((one, other) => one.seq - other.seq) : events;
  return { events: all, first: numberOrNull(frame, "first"), last: numberOrNull(frame, "last"), upto };
}

function about(value: unknown): About {
  const from = fields(value, "about");
  const whom: About = { user: number(from, "user"), name: text(from, "name") };
  if (typeof from["until"] === "number" && from["until"] > 0) whom.until = from["until"];
  return whom;
}
