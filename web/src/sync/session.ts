/**
 * A user's conversation with a server, without I/O: calls tell what has happened, effects say what shall happen.
 *
 *     session.load(identity, cached)     what is known from earlier
 *     session.connected(now)             there is a connection
 *     session.receive(data, now)         the server sent a frame
 *     session.lost(now, why)             the connection has ended, or could not be made
 *     session.tick(now)                  `session.deadline` has come
 *     session.open(room, "newest", now)  and the other things the user wants
 *     session.effects()                  after each of these: what shall be done, in order
 *
 * `now` is in milliseconds of any clock that never goes back. While there is no connection and there shall be one,
 * `connectAt` says when.
 *
 * What a window shows comes from the store where it is there, and from the server where not: `#load` decides, and what has come
 * ends in `#show`, from wherever. The stream goes into the store, and to the window only while that is at the log's end.
 */
import { Backoff } from "./backoff";
import type { Effect, Ticket } from "./effects";
import {
  type ClientFrame,
  decode,
  Fault,
  FrameError,
  frameBytes,
  PROTOCOL,
  type RoomFrame,
  type ServerFrame,
} from "./frames";
import { bare, fold, people } from "./names";
import { Outbox } from "./outbox";
import { Outlet } from "./outlet";
import { Posting } from "./posting";
import { NOT_THERE, OFFLINE, type Question, type Request, SIGNED_OUT } from "./requests";
import { names, newRoom, RoomState } from "./room";
import type { Cached, Identity } from "./store";
import type {
  Connection,
  Hours,
  Invited,
  Level,
  Limits,
  Me,
  Member,
  Millis,
  Moderation,
  Pending,
  Problem,
  Room,
  RoomEvent,
  RoomId,
  RoomListing,
  Seq,
  UserId,
} from "./types";
import { type At, Windows } from "./windows";

/** How long a server may take to answer a hello. */
const HELLO = 15_000;
/** After so long without a word from the server it is asked for one; if none comes for so long, it is not there any more. */
const SILENCE = 25_000;
const PING = 10_000;
/** When the browser says that there is no network; a server on the same machine answers all the same. */
const PING_UNSURE = 2_500;
/** When somebody asks for the connection to be tried, it has to answer sooner. */
const PING_NOW = 4_000;
const TYPING = 3_000;
/** What comes within so long after the connection broke is as good as live. */
const SHORT_BREAK = 120_000;
/** With more to catch up than that, the rooms with more than `CATCH_UP_ROOM` begin at their end instead. */
const CATCH_UP = 20_000;
const CATCH_UP_ROOM = 2_000;

/** Who one is, for clients without a cookie. */
export interface Credentials {
  token?: string | null;
  /** The name to take, as a new guest. */
  name?: string;
}

type Phase =
  /** What is known from earlier has not been loaded yet. */
  | "starting"
  /** There is no connection. */
  | "apart"
  | "greeting"
  /** The server wants more than a cookie; it is being asked what. */
  | "asking"
  | "ready"
  /** There is nobody to be. */
  | "out"
  | "stopped";

export interface Options {
  random: () => number;
  /** The time in milliseconds since 1970 UTC. */
  wall: () => Millis;
  credentials?: Credentials;
}

/** One user and one server. */
export class Session {
  /** When to connect, on the clock of `now`; null while there is a connection or there shall be none. */
  connectAt: Millis | null = null;
  connection: Connection = { state: "starting" };
  me: Me | null = null;
  server: { name: string; limits: Limits } | null = null;
  hours: Hours | null = null;
  readonly outbox = new Outbox();
  readonly #outlet = new Outlet();
  #phase: Phase = "starting";
  #token: string | null;
  #name: string | null;
  readonly #random: () => number;
  readonly #wall: () => Millis;
  readonly #backoff: Backoff;
  readonly #rooms = new Map<RoomId, RoomState>();
  readonly #windows = new Windows(this.#outlet, this.#rooms);
  readonly #posting = new Posting(this.outbox, this.#outlet, this.#rooms);
  #list: readonly Room[] = [];
  #invitations: readonly Invited[] = [];
  readonly #drafts = new Map<RoomId, string>();
  /** Rooms that are too far behind for everything to be streamed. */
  readonly #skipped = new Set<RoomId>();
  /** Who waits for a direct room that is on its way. */
  #gathering: { ticket: Ticket; names: readonly string[] }[] = [];
  #timeout: Millis | null = null;
  #heard: Millis = 0;
  #pinged: Millis | null = null;
  #readySince: Millis | null = null;
  #lostAt: Millis | null = null;
  #catchingUp = false;
  #comeBack: Millis | null = null;
  #attempt = 0;

  constructor(options: Options) {
    this.#random = options.random;
    this.#wall = options.wall;
    this.#backoff = new Backoff(this.#random);
    this.#token = options.credentials?.token ?? null;
    this.#name = options.credentials?.name ?? null;
  }

  // What is known -----------------------------------------------------------------------------------------------------

  /** What has to be done since the last call, in order. */
  effects(): Effect[] {
    return this.#outlet.effects();
  }

  /** When `tick` wants to be called; null: not at all. */
  get deadline(): Millis | null {
    let at = this.#timeout ?? Number.POSITIVE_INFINITY;
    if (this.ready) {
      at = Math.min(at, this.#pinged ?? this.#heard + SILENCE, this.#posting.deadline);
      for (const state of this.#rooms.values()) at = Math.min(at, state.owedAt, state.typingUntil);
    }
    return at === Number.POSITIVE_INFINITY ? null : at;
  }

  get ready(): boolean {
    return this.#outlet.ready;
  }

  /** The rooms, by their ids; the same list as long as they are the same. */
  get rooms(): readonly Room[] {
    const rooms = [...this.#rooms.values()].map((state) => state.room).sort((one, other) => one.id - other.id);
    const same = rooms.length === this.#list.length && rooms.every((room, index) => room === this.#list[index]);
    if (!same) this.#list = rooms;
    return this.#list;
  }

  get invitations(): readonly Invited[] {
    return this.#invitations;
  }

  /** A room, with everything that is known of it. */
  state(room: RoomId): RoomState | undefined {
    return this.#rooms.get(room);
  }

  // The store ---------------------------------------------------------------------------------------------------------

  /** What is known from earlier; then it is time to connect. */
  load(identity: Identity | null, cached: Cached | null, outbox: readonly Pending[], now: Millis): void {
    if (identity !== null) {
      this.me = identity.me;
      this.#windows.me = identity.me.id;
      this.server = { name: identity.server, limits: this.#outlet.limits };
      this.#token ??= identity.token;
      this.#outlet.changed({ what: "me" });
    }
    if (cached !== null) this.#load(cached);
    for (const room of this.outbox.replace(outbox)) this.#outlet.changed({ what: "outbox", room });
    if (this.#phase === "starting") {
      this.#enter("apart");
      this.#connectSoon(now, 0);
    }
    this.#windows.grantAll();
  }

  /** What the store has of the user we have become. */
  adopt(user: UserId, cached: Cached, outbox: readonly Pending[], now: Millis): void {
    if (this.me?.id !== user) return;
    for (const [room, draft] of cached.drafts) this.draft(room, draft);
    for (const { room, held, members } of cached.rooms) {
      const state = this.#rooms.get(room.id);
      if (state === undefined || state.room.epoch !== held.epoch) continue;
      for (const span of held.spans) state.hold(span);
      state.members ??= members;
      state.room = { ...state.room, active: Math.max(state.room.active, room.active) };
      this.#outlet.roomChanged(state, true);
    }
    this.setOutbox(outbox, now);
  }

  /** A piece of a room's log is in the store. */
  kept(room: RoomId, epoch: string, last: Seq, now: Millis): void {
    const state = this.#rooms.get(room);
    if (state === undefined || state.room.epoch !== epoch) return;
    state.durable = Math.max(state.durable, last);
    this.#mark(state, now);
  }

  /** What the store has of a page that was to be read. */
  found(page: number, events: readonly RoomEvent[], now: Millis): void {
    this.#windows.found(page, events);
    this.#markAll(now);
  }

  #load(cached: Cached): void {
    for (const [room, draft] of cached.drafts) this.#drafts.set(room, draft);
    for (const { room, held, members } of cached.rooms) {
      const state = new RoomState({ ...room, draft: this.#drafts.get(room.id) ?? "" }, held);
      state.members = members;
      this.#rooms.set(room.id, state);
    }
    this.#outlet.changed({ what: "rooms" });
  }

  // The connection ----------------------------------------------------------------------------------------------------

  /** Connect now, or find out whether the connection that is there still is one. */
  start(now: Millis): void {
    if (this.#phase === "ready") {
      this.#ping(now, PING_NOW);
    } else if (this.#phase === "stopped" || this.#phase === "out" || this.#phase === "apart") {
      this.#enter("apart");
      this.#connectSoon(now, 0);
    }
  }

  /** The network is said to be gone: find out soon whether the connection is. */
  doubt(now: Millis): void {
    if (this.#phase === "ready") this.#ping(now, PING_UNSURE);
  }

  /** Hang up, and do not come back until `start`. */
  stop(): void {
    this.#enter("stopped");
    this.connectAt = null;
    this.#forgetConnection();
    this.#outlet.emit({ do: "hangup" });
    this.#setConnection({ state: "starting" });
  }

  /** A connection is being made. */
  connecting(): void {
    this.connectAt = null;
    this.#attempt += 1;
    this.#setConnection({ state: "connecting", attempt: this.#attempt });
  }

  /** There is a connection. */
  connected(now: Millis): void {
    if (this.#phase !== "apart") return;
    this.connectAt = null;
    this.#enter("greeting");
    this.#timeout = now + HELLO;
    this.#heard = now;
    this.#outlet.transmit(this.#hello());
  }

  /** The connection has ended, or could not be made; `why` in words, if the one who ended it gave any. */
  lost(now: Millis, why: string | null = null): void {
    if (this.#phase === "out" || this.#phase === "stopped" || this.#phase === "starting") return;
    const held = this.#readySince === null ? 0 : now - this.#readySince;
    if (this.#readySince !== null) this.#lostAt = now;
    this.#enter("apart");
    this.#forgetConnection();
    const delay = this.#comeBack === 0 ? 0 : this.#backoff.delay(held, this.#comeBack);
    this.#comeBack = null;
    this.#connectSoon(now, delay, why);
  }

  /** The server sent a frame. */
  receive(data: string, now: Millis): void {
    if (this.#phase !== "greeting" && this.#phase !== "asking" && this.#phase !== "ready") return;
    this.#heard = now;
    try {
      const frame = decode(data);
      if (frame !== null) this.#receive(frame, now);
    } catch (error) {
      if (!(error instanceof FrameError || error instanceof Fault)) throw error;
      this.#hangUp(now, error.message);
    }
  }

  /** The `deadline` has come. */
  tick(now: Millis): void {
    if (this.#timeout !== null && now >= this.#timeout) {
      this.#timeout = null;
      this.#hangUp(now, "The server does not answer.");
      return;
    }
    if (this.#phase !== "ready") return;
    if (this.#pinged !== null && now >= this.#pinged) {
      this.#hangUp(now, "The server does not answer.");
      return;
    }
    if (now >= this.#heard + SILENCE) this.#ping(now, PING);
    for (const state of this.#rooms.values()) {
      this.#mark(state, now);
      if (state.expireTyping(now)) this.#outlet.changed({ what: "typing", room: state.id });
    }
    this.#posting.pump(now);
  }

  /** Somebody else signed in or out: forget who one was, and see who one is now. */
  identityChanged(now: Millis): void {
    this.#outlet.emit({ do: "hangup" });
    this.#forgetConnection();
    this.#forgetUser();
    this.#token = null;
    this.#lostAt = null;
    this.#enter("apart");
    this.#connectSoon(now, 0);
  }

  /** Be nobody. */
  forget(): void {
    this.#token = null;
    this.#goOut(null, this.connection.state === "out" ? this.connection.access : "unknown");
  }

  // What the user wants -----------------------------------------------------------------------------------------------

  /** Move a room's window; the answer says which event it is about. */
  open(room: RoomId, at: At, ticket: Ticket | null): void {
    this.#windows.open(room, at, ticket);
  }

  /** Make a room's window grow. */
  extend(room: RoomId, direction: "older" | "newer", ticket: Ticket | null): void {
    this.#windows.extend(room, direction, ticket);
  }

  /** Nothing of the room is on a screen any more. */
  close(room: RoomId): void {
    this.#windows.close(room);
    const state = this.#rooms.get(room);
    if (state !== undefined) state.membersWanted = false;
  }

  wantMembers(room: RoomId): void {
    const state = this.#rooms.get(room);
    if (state === undefined) return;
    state.membersWanted = true;
    if (state.live && !state.membersFresh) this.#askMembers(state);
  }

  /** The user has read up to there. */
  read(room: RoomId, seq: Seq, now: Millis): void {
    const state = this.#rooms.get(room);
    if (state === undefined || !state.read(seq)) return;
    this.#outlet.roomChanged(state, true);
    this.#outlet.emit({ do: "putRoom", room: state.room });
    this.#mark(state, now);
  }

  isTyping(room: RoomId, now: Millis): void {
    const state = this.#rooms.get(room);
    if (!this.ready || state === undefined || !state.live || now - state.typedAt < TYPING) return;
    state.typedAt = now;
    this.#outlet.transmit({ t: "typing", room });
  }

  /** A room's draft is another one now. */
  draft(room: RoomId, text: string): void {
    this.#drafts.set(room, text);
    const state = this.#rooms.get(room);
    if (state === undefined || state.room.draft === text) return;
    const list = (state.room.draft === "") !== (text === "");
    state.room = { ...state.room, draft: text };
    this.#outlet.roomChanged(state, list);
  }

  /** A message was put into the outbox, durably. */
  queued(pending: Pending, now: Millis): void {
    if (this.outbox.get(pending.key) !== undefined) return;
    this.outbox.add(pending);
    this.#outlet.changed({ what: "outbox", room: pending.room });
    this.#posting.pump(now);
  }

  /** A refused message is to be tried again, under its key. */
  retry(key: string, now: Millis): Pending | undefined {
    if (this.outbox.get(key)?.state !== "refused") return undefined;
    this.outbox.land(key);
    const pending = this.outbox.get(key);
    if (pending !== undefined) this.#outlet.changed({ what: "outbox", room: pending.room });
    this.#posting.pump(now);
    return pending;
  }

  /** A message that is not under way is not to be sent. Returns whether it was there. */
  discard(key: string, now: Millis): boolean {
    if (this.outbox.isFlying(key)) return false;
    const pending = this.outbox.remove(key);
    if (pending !== undefined) this.#outlet.changed({ what: "outbox", room: pending.room });
    this.#posting.pump(now);
    return pending !== undefined;
  }

  /** This is what the outbox in the store holds. */
  setOutbox(entries: readonly Pending[], now: Millis): void {
    for (const room of this.outbox.replace(entries)) this.#outlet.changed({ what: "outbox", room });
    this.#posting.pump(now);
  }

  /** We are the one tab that sends; the outbox was read from the store since. */
  granted(now: Millis): void {
    this.#posting.granted(now);
  }

  join(name: string, room: RoomId | null, ticket: Ticket): void {
    const frame: Question = { t: "join", name: bare(name) };
    this.#outlet.ask({ what: "join", ticket, room: null }, room === null ? frame : { ...frame, room });
  }

  create(name: string, isPrivate: boolean, ticket: Ticket): void {
    const frame: Question = { t: "create", name: bare(name) };
    this.#outlet.ask({ what: "create", ticket }, isPrivate ? { ...frame, private: true } : frame);
  }

  gather(people: readonly string[], ticket: Ticket): void {
    this.#outlet.ask({ what: "gather", ticket, names: people }, { t: "gather", names: people });
  }

  leave(room: RoomId, ticket: Ticket): void {
    this.#outlet.ask({ what: "leave", ticket, room }, { t: "leave", room });
  }

  rename(name: string, ticket: Ticket): void {
    this.#outlet.ask({ what: "rename", ticket, name }, { t: "rename", name });
  }

  setTopic(room: RoomId, topic: string, ticket: Ticket): void {
    this.#outlet.ask({ what: "do", ticket }, { t: "topic", room, topic });
  }

  moderate(room: RoomId, what: Moderation, ticket: Ticket): void {
    this.#outlet.ask({ what: "do", ticket }, { t: "moderate", room, ...what });
  }

  prefer(room: RoomId, what: { level?: Level; favourite?: boolean }, ticket: Ticket): void {
    this.#outlet.ask({ what: "do", ticket }, { t: "prefer", room, ...what });
  }

  setHours(hours: Hours | null, ticket: Ticket): void {
    this.#outlet.ask({ what: "do", ticket }, { t: "prefer", hours });
  }

  directory(ticket: Ticket): void {
    this.#outlet.ask({ what: "directory", ticket }, { t: "rooms" });
  }

  find(room: RoomId, at: Millis, ticket: Ticket): void {
    this.#outlet.ask({ what: "find", ticket }, { t: "find", room, at });
  }

  // Hello -------------------------------------------------------------------------------------------------------------

  #hello(): ClientFrame {
    let seen = [...this.#rooms.values()]
      .filter((state) => state.end > 0 && !this.#skipped.has(state.id))
      .map((state) => ({ room: state.id, epoch: state.room.epoch, seq: state.end }));
    const hello: ClientFrame = { t: "hello", protocol: PROTOCOL };
    if (this.#token !== null) hello.token = this.#token;
    else if (this.#name !== null) hello.name = this.#name;
    // With very many rooms the hello grows too long. What it does not say is made up for by pages of history.
    while (seen.length > 0 && frameBytes({ ...hello, seen }) > this.#outlet.limits.frameBytes)
      seen = seen.slice(0, seen.length / 2);
    return seen.length > 0 ? { ...hello, seen } : hello;
  }

  #ready(frame: ServerFrame & { t: "ready" }, now: Millis): void {
    this.#timeout = null;
    if (frame.user === null) {
      this.#goOut(this.me === null ? null : SIGNED_OUT, "open");
      return;
    }
    const behind = frame.rooms.map((room) => [room.id, room.tip - (room.after ?? room.tip)] as const);
    if (behind.reduce((sum, [, events]) => sum + events, 0) > CATCH_UP) {
      for (const [room, events] of behind) if (events > CATCH_UP_ROOM) this.#skipped.add(room);
      this.#comeBack = 0;
      this.#hangUp(now, null);
      return;
    }
    const before = this.me;
    if (before !== null && before.id !== frame.user.id) this.#forgetUser();
    this.#enter("ready");
    this.#readySince = this.#heard = now;
    this.#pinged = null;
    this.#attempt = 0;
    this.#catchingUp = this.#lostAt !== null && now - this.#lostAt < SHORT_BREAK;
    this.#skipped.clear();
    if (frame.token !== null) this.#token = frame.token;
    this.me = same(before, frame.user) ? before : frame.user;
    this.server = { name: frame.server, limits: frame.limits };
    this.hours = frame.hours;
    this.#outlet.limits = frame.limits;
    this.#windows.me = frame.user.id;
    this.#outlet.changed({ what: "me" });
    this.#outlet.changed({ what: "hours" });
    this.#remember();
    if (before?.id !== frame.user.id) this.#outlet.emit({ do: "adopt", user: frame.user.id });
    const listed = new Set(frame.rooms.map((room) => room.id));
    for (const state of [...this.#rooms.values()]) {
      if (listed.has(state.id)) continue;
      // A guest's place is held for a while only; who has an account was sent out, or left elsewhere.
      if (frame.user.role === "guest" && state.room.kind === "public") this.#rejoin(state);
      else this.#drop(state);
    }
    for (const room of frame.rooms) this.#begin(room);
    this.#setConnection({ state: "online" });
    this.#outlet.changed({ what: "rooms" });
    this.#posting.begin();
    this.#windows.grantAll();
    for (const state of this.#rooms.values()) {
      if (state.log.window.problem !== null) {
        state.log.problem(null);
        this.#outlet.changed({ what: "log", room: state.id });
      }
      if (state.membersWanted) this.#askMembers(state);
      this.#mark(state, now);
    }
    this.#windows.backfill();
    this.#posting.pump(now);
  }

  #refusedHello(frame: ServerFrame & { t: "error" }, now: Millis): void {
    const problem = problemOf(frame);
    if (this.#phase === "asking") {
      // Of a name that nobody can have the server says what it asks of everybody first.
      const known = frame.code === "sign_in_needed" ? "members" : frame.code === "name_invalid" ? "invite" : "unknown";
      this.#goOut(this.me === null ? null : SIGNED_OUT, known);
      return;
    }
    if (frame.retryAfter !== null) {
      this.#comeBack = frame.retryAfter;
      this.#hangUp(now, frame.message);
      return;
    }
    switch (frame.code) {
      case "name_needed":
        this.#enter("asking");
        this.#timeout = now + HELLO;
        this.#outlet.transmit({ t: "hello", protocol: PROTOCOL, name: " " });
        return;
      case "token_unknown":
      case "session_unknown":
        this.#token = null;
        this.#goOut(problem, "unknown");
        return;
      case "sign_in_needed":
        this.#goOut(problem, "members");
        return;
      case "invitation_needed":
        this.#goOut(problem, "invite");
        return;
      default:
        this.#goOut(problem, "unknown");
    }
  }

  #rejoin(state: RoomState): void {
    state.live = false;
    state.rejoining = true;
    this.#outlet.ask(
      { what: "join", ticket: null, room: state.id },
      { t: "join", name: state.room.name, room: state.id, seen: { epoch: state.room.epoch, seq: state.end } },
    );
  }

  // What the server says ----------------------------------------------------------------------------------------------

  #receive(frame: ServerFrame, now: Millis): void {
    if (this.#phase !== "ready") {
      if (frame.t === "ready") this.#ready(frame, now);
      else if (frame.t === "error") this.#refusedHello(frame, now);
      else if (frame.t === "bye") this.#goodbye(frame, now);
      return;
    }
    switch (frame.t) {
      case "events":
        this.#events(frame.room, frame.events, now);
        break;
      case "stored":
        this.#stored(frame.key, frame.room, frame.seq);
        break;
      case "joined":
        this.#joined(frame.id, frame.room);
        break;
      case "left":
        this.#left(frame.room);
        break;
      case "invited":
        this.#invitations = [
          ...this.#invitations.filter((each) => each.room !== frame.room),
          { room: frame.room, name: frame.name, by: frame.by.name },
        ];
        this.#outlet.changed({ what: "invitations" });
        break;
      case "page":
        this.#windows.take(frame);
        break;
      case "done":
        this.#done(frame.id);
        break;
      case "rooms": {
        const request = this.#outlet.takeIf(frame.id, "directory");
        if (request !== undefined)
          this.#outlet.answer(request.ticket, { ok: true, value: frame.rooms.map((room) => this.#listing(room)) });
        break;
      }
      case "found": {
        const request = this.#outlet.takeIf(frame.id, "find");
        if (request !== undefined) this.#outlet.answer(request.ticket, { ok: true, value: frame.seq });
        break;
      }
      case "members":
        this.#members(frame.id, frame.members);
        break;
      case "signal":
        this.#signal(frame, now);
        break;
      case "unread": {
        const state = this.#rooms.get(frame.room);
        if (state === undefined) break;
        state.count(frame.read, frame.upto, frame.unread, frame.mentions);
        this.#outlet.roomChanged(state, true);
        this.#outlet.emit({ do: "putRoom", room: state.room });
        break;
      }
      case "marks":
        if (this.#rooms.get(frame.room)?.mark(frame.marks) === true) {
          this.#outlet.changed({ what: "marks", room: frame.room });
          this.#outlet.changed({ what: "members", room: frame.room });
        }
        break;
      case "preferred":
        this.#preferred(frame);
        break;
      case "error":
        this.#error(frame, now);
        break;
      case "bye":
        this.#goodbye(frame, now);
        break;
    }
    this.#posting.pump(now);
  }

  #begin(frame: RoomFrame): RoomState {
    let state = this.#rooms.get(frame.id);
    if (state === undefined) {
      state = new RoomState(newRoom(frame, this.#drafts.get(frame.id) ?? ""), null);
      this.#rooms.set(frame.id, state);
      this.#outlet.changed({ what: "members", room: frame.id });
      this.#outlet.changed({ what: "outbox", room: frame.id });
    } else if (state.live) {
      // Said twice; the stream goes on where it is.
      state.describe({ ...frame, tip: Math.max(frame.tip, state.room.tip) });
      this.#outlet.roomChanged(state, true);
      return state;
    }
    const window = state.log.window;
    const shown = window.events.length > 0;
    const rewound = state.begin(frame);
    state.rejoining = false;
    if (rewound) {
      state.log.clear();
      this.#outlet.emit({ do: "dropRoom", room: state.id });
    }
    if (shown && (rewound || (window.atTip && !state.log.window.atTip))) {
      // What was on the screen is gone, or what follows on it is too far away.
      this.#windows.reopen(state.id);
    }
    if (shown) this.#outlet.changed({ what: "log", room: state.id });
    if (this.#invitations.some((each) => each.room === frame.id)) {
      this.#invitations = this.#invitations.filter((each) => each.room !== frame.id);
      this.#outlet.changed({ what: "invitations" });
    }
    this.#outlet.emit({ do: "putRoom", room: state.room });
    this.#outlet.roomChanged(state, true);
    return state;
  }

  #events(room: RoomId, events: readonly RoomEvent[], now: Millis): void {
    const state = this.#rooms.get(room);
    // Of a room that the server has not announced nothing can be shown in order.
    if (state === undefined || !state.live || this.me === null) return;
    const me = this.me.id;
    const fresh = events.filter((event) => event.seq > state.end);
    const [first, last] = [fresh[0], fresh.at(-1)];
    if (first === undefined || last === undefined) return;
    if (first.seq !== state.end + 1 || last.seq !== state.end + fresh.length) {
      throw new Fault(`Event ${state.end + 1} of ${state.room.name} is missing.`);
    }
    const span = [first.seq, last.seq] as const;
    const changes = state.take(fresh, me);
    state.hold(span);
    this.#outlet.emit({ do: "keep", room, epoch: state.room.epoch, span, events: fresh });
    this.#outlet.emit({ do: "putRoom", room: state.room });
    if (state.log.addLive(fresh)) this.#outlet.changed({ what: "log", room });
    if (this.outbox.arrived(room, fresh, me)) this.#outlet.changed({ what: "outbox", room });
    this.#outlet.roomChanged(state, changes.list);
    if (changes.typing) this.#outlet.changed({ what: "typing", room });
    if (changes.members && state.members !== null) {
      this.#outlet.changed({ what: "members", room });
      this.#outlet.emit({ do: "putMembers", room, members: state.members });
    }
    if (changes.stranger) {
      state.membersFresh = false;
      if (state.membersWanted) this.#askMembers(state);
    }
    for (const event of fresh) {
      if (event.seq <= state.tipAtBeginning && !(this.#catchingUp && event.seq > state.room.read)) continue;
      if (event.kind === "renamed" && event.user === me) this.#rename(event.text);
      const mine = event.user === me;
      this.#outlet.changed({ what: "arrived", room, event, mine, mentioned: !mine && names(event, me) });
    }
    this.#mark(state, now);
  }

  #stored(key: string, room: RoomId, seq: Seq): void {
    const state = this.#rooms.get(room);
    const pending = this.outbox.stored(key, room, seq, state === undefined || !state.live ? seq : state.end);
    if (pending === undefined) return;
    this.#outlet.emit({ do: "settle", pending, room, seq });
    this.#outlet.changed({ what: "outbox", room: pending.room });
  }

  #joined(id: string | null, frame: RoomFrame): void {
    const state = this.#begin(frame);
    const request = this.#outlet.takeIf(id, "join") ?? this.#outlet.takeIf(id, "create");
    if (request !== undefined) {
      this.#outlet.answer(request.ticket, { ok: true, value: frame.id });
    }
    this.#gathered(frame.id, frame.name);
    this.#outlet.changed({ what: "rooms" });
    this.#windows.grant(state.id);
    if (state.membersWanted) this.#askMembers(state);
    this.#windows.backfill();
  }

  #gathered(room: RoomId, name: string): void {
    const gathering = this.#gathering.filter((each) => this.#isOf(name, each.names));
    if (gathering.length === 0) return;
    this.#gathering = this.#gathering.filter((each) => !gathering.includes(each));
    for (const each of gathering) this.#outlet.answer(each.ticket, { ok: true, value: room });
  }

  /** Whether a direct room of that name is that of these people and ourselves. */
  #isOf(name: string, those: readonly string[]): boolean {
    const there = new Set(people(name).map(fold));
    const wanted = new Set(those.map((each) => fold(each.replace(/^@/, ""))));
    wanted.delete(fold(this.me?.name ?? ""));
    return there.size === wanted.size && [...wanted].every((each) => there.has(each));
  }

  #left(room: RoomId): void {
    const state = this.#rooms.get(room);
    if (state !== undefined) this.#drop(state);
  }

  #done(id: string | null): void {
    const request = this.#outlet.take(id);
    if (request === undefined) return;
    switch (request.what) {
      case "gather": {
        const there = this.rooms.find((room) => room.kind === "direct" && this.#isOf(room.name, request.names));
        if (there !== undefined) this.#outlet.answer(request.ticket, { ok: true, value: there.id });
        else this.#gathering.push(request);
        break;
      }
      case "rename":
        this.#rename(request.name);
        this.#outlet.answer(request.ticket, { ok: true, value: undefined });
        break;
      case "leave":
      case "do":
        this.#outlet.answer(request.ticket, { ok: true, value: undefined });
        break;
      case "ping":
        this.#pinged = null;
        break;
      default:
        break;
    }
  }

  #members(id: string | null, members: readonly Member[]): void {
    const request = this.#outlet.takeIf(id, "members");
    const state = request === undefined ? undefined : this.#rooms.get(request.room);
    if (state === undefined) return;
    state.members = members;
    state.membersFresh = true;
    this.#seeMyself(members);
    if (state.room.members !== members.length) {
      state.room = { ...state.room, members: members.length };
      this.#outlet.roomChanged(state, true);
    }
    this.#outlet.emit({ do: "putMembers", room: state.id, members });
    this.#outlet.changed({ what: "members", room: state.id });
    this.#outlet.changed({ what: "marks", room: state.id });
    if (state.membersStale) {
      state.membersStale = false;
      state.membersFresh = false;
      this.#askMembers(state);
    }
  }

  #signal(frame: ServerFrame & { t: "signal" }, now: Millis): void {
    const state = this.#rooms.get(frame.room);
    if (state === undefined) return;
    if (frame.kind === "profile") {
      this.#profile(state, frame.user);
    } else if (frame.kind === "typing" && frame.user !== this.me?.id) {
      if (state.startTyping(frame.user, frame.name, now)) this.#outlet.changed({ what: "typing", room: frame.room });
    } else if (frame.kind === "presence" && state.presence(frame.user, frame.online)) {
      this.#outlet.changed({ what: "members", room: frame.room });
    }
  }

  /** Somebody is shown otherwise from now on: who is in a room is asked for anew, where that is known. */
  #profile(state: RoomState, user: UserId): void {
    if (user !== this.me?.id && state.members === null && !state.membersWanted) return;
    state.membersFresh = false;
    // The answer to a question that is on its way may be from before.
    const request = this.#outlet.asks((each) => each.what === "members" && each.room === state.id);
    if (request) state.membersStale = true;
    else this.#askMembers(state);
  }

  /** How one is shown oneself, as a room's members have it. */
  #seeMyself(members: readonly Member[]): void {
    const me = this.me;
    const own = me === null ? undefined : members.find((member) => member.id === me.id);
    if (me === null || own === undefined || (own.display === me.display && own.colour === me.colour)) return;
    this.me = { ...me, display: own.display, colour: own.colour };
    this.#outlet.changed({ what: "me" });
    this.#remember();
  }

  #preferred(frame: ServerFrame & { t: "preferred" }): void {
    const state = this.#rooms.get(frame.room);
    if (state !== undefined) {
      const level = frame.level;
      state.room = { ...state.room, level, favourite: frame.favourite };
      this.#outlet.roomChanged(state, true);
      this.#outlet.emit({ do: "putRoom", room: state.room });
    } else if (frame.room === 0) {
      this.hours = frame.hours;
      this.#outlet.changed({ what: "hours" });
    }
  }

  #error(frame: ServerFrame & { t: "error" }, now: Millis): void {
    const problem = problemOf(frame);
    if (frame.key !== null) {
      this.#posting.refused(frame.key, problem, now);
      return;
    }
    const request = this.#outlet.take(frame.id);
    if (frame.code === "name_needed" || frame.code === "hello_needed") {
      this.#hangUp(now, null); // the name was given up elsewhere: a new hello finds out who we are
    } else if (frame.id === null) {
      if (frame.code === "session_unknown" || frame.code === "account_disabled") {
        this.#outlet.emit({ do: "remember", identity: null });
        this.#goOut(problem, "unknown");
      }
    } else if (request !== undefined) {
      this.#refuse(request, problem, now);
    }
  }

  #refuse(request: Request, problem: Problem, now: Millis): void {
    switch (request.what) {
      case "page":
        this.#windows.refuse(this.#rooms.get(request.room), request.page, problem);
        return;
      case "members":
        return;
      case "ping":
        this.#pinged = null; // it speaks
        return;
      case "join": {
        const state = request.room === null ? undefined : this.#rooms.get(request.room);
        if (state !== undefined && !state.live) {
          state.rejoining = false;
          if (problem.retryAfter === undefined) this.#drop(state);
          else if (this.ready) {
            // Coming back a little later is the simplest way to do it all again.
            this.#comeBack = problem.retryAfter;
            this.#hangUp(now, null);
          }
        }
        break;
      }
      default:
        break;
    }
    this.#outlet.answer(request.ticket, { ok: false, problem });
  }

  #goodbye(frame: ServerFrame & { t: "bye" }, now: Millis): void {
    if (frame.reason === "session") {
      this.#goOut(SIGNED_OUT, "unknown");
      return;
    }
    if (frame.retryAfter !== null) this.#comeBack = frame.retryAfter;
    else if (frame.reason === "stalled") this.#comeBack = 0;
    this.#hangUp(now, frame.reason === "stopping" ? "The server is stopping." : null);
  }

  // Small things ------------------------------------------------------------------------------------------------------

  #mark(state: RoomState, now: Millis): void {
    if (!this.ready) return;
    for (const frame of state.owed(now)) this.#outlet.transmit(frame);
  }

  #markAll(now: Millis): void {
    for (const state of this.#rooms.values()) this.#mark(state, now);
  }

  #askMembers(state: RoomState): void {
    if (this.#outlet.asks((request) => request.what === "members" && request.room === state.id)) return;
    this.#outlet.ask({ what: "members", room: state.id }, { t: "members", room: state.id });
  }

  #ping(now: Millis, patience: Millis): void {
    if (this.#pinged !== null) {
      this.#pinged = Math.min(this.#pinged, now + patience);
      return;
    }
    this.#pinged = now + patience;
    // The smallest question there is.
    this.#outlet.ask({ what: "ping" }, { t: "unwatch", room: 0 });
  }

  #listing(room: RoomFrame): RoomListing {
    const { id, name, kind, topic, members, archived } = room;
    return { id, name, kind, topic, members, archived, joined: this.#rooms.get(id)?.room.joined === true };
  }

  #rename(name: string): void {
    if (this.me === null || this.me.name === name) return;
    this.me = { ...this.me, name };
    this.#outlet.changed({ what: "me" });
    this.#remember();
  }

  #remember(): void {
    if (this.me === null || this.server === null) return;
    this.#outlet.emit({ do: "remember", identity: { me: this.me, server: this.server.name, token: this.#token } });
  }

  #drop(state: RoomState): void {
    this.#rooms.delete(state.id);
    state.rejoining = false;
    this.#windows.deny(state.id, NOT_THERE);
    this.#windows.release(state);
    state.lost();
    this.#outlet.emit({ do: "dropRoom", room: state.id });
    this.#outlet.changed({ what: "rooms" });
    this.#outlet.changed({ what: "room", room: state.id });
    this.#outlet.changed({ what: "log", room: state.id });
  }

  #connectSoon(now: Millis, delay: Millis, reason: string | null = null): void {
    this.connectAt = now + delay;
    if (delay === 0) this.#setConnection({ state: "connecting", attempt: this.#attempt + 1 });
    else this.#setConnection({ state: "waiting", attempt: this.#attempt, until: this.#wall() + delay, reason });
    this.#windows.grantAll();
  }

  /** End the connection, and come back. */
  #hangUp(now: Millis, why: string | null): void {
    this.#outlet.emit({ do: "hangup" });
    this.lost(now, why);
  }

  #goOut(problem: Problem | null, access: "open" | "invite" | "members" | "unknown"): void {
    this.#outlet.emit({ do: "hangup" });
    this.#forgetConnection();
    this.#forgetUser();
    this.#lostAt = null;
    this.#enter("out");
    this.connectAt = null;
    this.#attempt = 0;
    this.#windows.denyAll(problem ?? OFFLINE);
    this.#setConnection({ state: "out", problem, access });
  }

  /** What was under way is not any more. */
  #forgetConnection(): void {
    const requests = this.#outlet.takeAll();
    for (const state of this.#rooms.values()) {
      if (state.lost()) this.#outlet.changed({ what: "typing", room: state.id });
    }
    for (const request of requests) {
      if (request.what === "page") this.#windows.refuse(this.#rooms.get(request.room), request.page, OFFLINE);
      else if ("ticket" in request) this.#outlet.answer(request.ticket, { ok: false, problem: OFFLINE });
    }
    for (const each of this.#gathering) this.#outlet.answer(each.ticket, { ok: false, problem: OFFLINE });
    this.#gathering = [];
    this.#posting.end();
    this.#timeout = this.#pinged = this.#readySince = null;
  }

  /** What is known of the user: it is of no interest to the next one. */
  #forgetUser(): void {
    const rooms = [...this.#rooms.keys()];
    for (const state of this.#rooms.values()) this.#windows.release(state);
    this.#rooms.clear();
    this.#drafts.clear();
    this.outbox.clear();
    this.#invitations = [];
    this.#skipped.clear();
    this.me = null;
    this.hours = null;
    this.#outlet.changed({ what: "me" });
    this.#outlet.changed({ what: "rooms" });
    this.#outlet.changed({ what: "invitations" });
    this.#outlet.changed({ what: "hours" });
    for (const room of rooms) {
      this.#outlet.changed({ what: "room", room });
      this.#outlet.changed({ what: "log", room });
      this.#outlet.changed({ what: "outbox", room });
    }
  }

  #enter(phase: Phase): void {
    this.#phase = phase;
    this.#outlet.ready = phase === "ready";
    this.#stand();
  }

  #stand(): void {
    if (this.#phase === "starting" || this.#phase === "ready") this.#windows.standing = this.#phase;
    else this.#windows.standing = this.connection.state === "waiting" ? "apart" : "soon";
  }

  #setConnection(connection: Connection): void {
    this.connection = connection;
    this.#stand();
    this.#outlet.changed({ what: "connection" });
  }
}

function problemOf(frame: ServerFrame & { t: "error" }): Problem {
  const problem: Problem = { code: frame.code, message: frame.message };
  if (frame.retryAfter !== null) problem.retryAfter = frame.retryAfter;
  return problem;
}

function same(one: Me | null, other: Me): boolean {
  return (
    one !== null &&
    one.id === other.id &&
    one.name === other.name &&
    one.role === other.role &&
    one.display === other.display &&
    one.colour === other.colour
  );
}
