/**
 * A user's session with a server, without I/O: method calls report what happened, effects say what to do.
 *
 *     session.load(identity, cached, outbox, now)   what the store holds; then it is time to connect
 *     session.connected(now)                        the connection is open
 *     session.receive(data, now)                    the server sent a frame
 *     session.lost(now, why)                        the connection ended, or could not be made
 *     session.tick(now)                             `session.deadline` has come
 *     session.open(room, "newest", ticket)          and the user's other commands
 *     session.effects()                             after each call: what to do, in order
 *
 * `now` is in milliseconds of a clock that never goes back. While the session wants a connection and has none, `connectAt`
 * says when to connect.
 *
 * A window shows events from the store if they are there, else from the server (`LogWindows`). Streamed events go into the
 * store, and into the window only if the window is at the end of the log.
 *
 * Each class calls only those above it in this list: SessionState, DirectRooms, ConnectionLifecycle, RoomStreams and
 * RoomMembers, Hello, FrameDispatcher, Session.
 */
import type { Effect, Ticket } from "../effects";
import { decode, Fault, FrameError } from "../frames";
import type { Cached, Identity } from "../store";
import type {
  Connection,
  Hours,
  Invited,
  Limits,
  Me,
  Millis,
  Pending,
  Room,
  RoomEvent,
  RoomId,
  Seq,
  UserId,
} from "../types";
import { Link } from "./connectionLifecycle";
import { Gatherings } from "./directRooms";
import { Answers } from "./frameDispatcher";
import { Hello } from "./hello";
import type { At } from "./logWindows";
import { Members } from "./members";
import type { Outbox } from "./outbox";
import type { Question, Request } from "./requests";
import { RoomState } from "./roomState";
import { State } from "./sessionState";
import { Streams } from "./streams";

const TYPING = 3_000;

/** Who one is, for clients without a cookie. */
export interface Credentials {
  token?: string | null;
  /** The name to take, as a new guest. */
  name?: string;
}

export interface Options {
  random: () => number;
  /** The time in milliseconds since 1970 UTC. */
  wall: () => Millis;
  credentials?: Credentials;
}

/** One user and one server. */
export class Session {
  readonly #state: State;
  readonly #link: Link;
  readonly #hello: Hello;
  readonly #members: Members;
  readonly #answers: Answers;

  constructor({ random, wall, credentials }: Options) {
    this.#state = new State(credentials?.token ?? null);
    const gatherings = new Gatherings(this.#state);
    this.#link = new Link(this.#state, gatherings, random, wall);
    const streams = new Streams(this.#state, this.#link);
    this.#hello = new Hello(this.#state, this.#link, streams, credentials?.name ?? null);
    this.#members = new Members(this.#state);
    const parts = { streams, members: this.#members, gatherings };
    this.#answers = new Answers(this.#state, this.#link, this.#hello, parts);
  }

  // What is known -----------------------------------------------------------------------------------------------------

  /** What has to be done since the last call, in order. */
  effects(): Effect[] {
    return this.#state.outlet.effects();
  }

  /** When to connect, on the clock of `now`; null while there is a connection or there shall be none. */
  get connectAt(): Millis | null {
    return this.#link.connectAt;
  }

  /** When `tick` wants to be called; null: not at all. */
  get deadline(): Millis | null {
    let at = this.#link.deadline;
    if (this.ready) {
      at = Math.min(at, this.#state.posting.deadline, this.#state.windows.backfillAt);
      for (const state of this.#state.rooms.values()) at = Math.min(at, state.owedAt, state.typingUntil);
    }
    return at === Number.POSITIVE_INFINITY ? null : at;
  }

  get connection(): Connection {
    return this.#link.connection;
  }

  get ready(): boolean {
    return this.#state.outlet.ready;
  }

  get me(): Me | null {
    return this.#state.me;
  }

  get server(): { name: string; limits: Limits } | null {
    return this.#state.server;
  }

  get hours(): Hours | null {
    return this.#state.hours;
  }

  get outbox(): Outbox {
    return this.#state.outbox;
  }

  /** The rooms, by their ids; the same list as long as they are the same. */
  get rooms(): readonly Room[] {
    return this.#state.list;
  }

  get invitations(): readonly Invited[] {
    return this.#state.invitations;
  }

  /** A room, with everything that is known of it. */
  state(room: RoomId): RoomState | undefined {
    return this.#state.rooms.get(room);
  }

  // The store ---------------------------------------------------------------------------------------------------------

  /** What is known from earlier; then it is time to connect. */
  load(identity: Identity | null, cached: Cached | null, outbox: readonly Pending[], now: Millis): void {
    const { outlet, windows } = this.#state;
    if (identity !== null) {
      this.#state.me = identity.me;
      windows.me = identity.me.id;
      this.#state.server = { name: identity.server, limits: outlet.limits };
      this.#state.token ??= identity.token;
      outlet.changed({ what: "me" });
    }
    if (cached !== null) this.#load(cached);
    for (const room of this.outbox.replace(outbox)) outlet.changed({ what: "outbox", room });
    this.#link.begin(now);
    windows.grantAll();
  }

  /** Have the store keep who one is. */
  remember(): void {
    this.#state.remember();
  }

  /**
   * Whether what the store has of the user we have become is somebody else's: a server whose data was lost begins to count its
   * users anew. Where no room is as it was, it is ours only if there is something that was written under our name.
   */
  isOfAnother(user: UserId, cached: Cached, outbox: readonly Pending[]): boolean {
    if (this.me?.id !== user) return false;
    const here = cached.rooms.filter(({ room }) => this.state(room.id) !== undefined);
    if (
      here.length === 0 ||
      here.some(({ room, held }) => [room.epoch, held.epoch].includes(this.state(room.id)?.room.epoch ?? ""))
    )
      return false;
    return !outbox.some(({ by }) => by === this.me?.name);
  }

  /** What the store has of the user we have become. */
  adopt(user: UserId, cached: Cached, outbox: readonly Pending[], now: Millis): void {
    if (this.me?.id !== user) return;
    for (const [room, draft] of cached.drafts) this.draft(room, draft);
    for (const { room, held, members } of cached.rooms) {
      const state = this.state(room.id);
      if (state === undefined || state.room.epoch !== held.epoch) continue;
      for (const span of held.spans) state.hold(span);
      state.members ??= members;
      state.room = { ...state.room, active: Math.max(state.room.active, room.active) };
      this.#state.outlet.roomChanged(state, true);
    }
    this.setOutbox(outbox, now);
  }

  /** A piece of a room's log is in the store. */
  kept(room: RoomId, epoch: string, last: Seq, now: Millis): void {
    const state = this.state(room);
    if (state === undefined || state.room.epoch !== epoch) return;
    state.durable = Math.max(state.durable, last);
    this.#state.mark(state, now);
  }

  /** What the store has of a page that was to be read. */
  found(page: number, events: readonly RoomEvent[], now: Millis): void {
    this.#state.windows.found(page, events);
    for (const state of this.#state.rooms.values()) this.#state.mark(state, now);
  }

  #load(cached: Cached): void {
    const { drafts, outlet, rooms } = this.#state;
    for (const [room, draft] of cached.drafts) drafts.set(room, draft);
    for (const { room, held, members } of cached.rooms) {
      const state = new RoomState({ ...room, draft: drafts.get(room.id) ?? "" }, held);
      state.members = members;
      rooms.set(room.id, state);
    }
    outlet.changed({ what: "rooms" });
  }

  // The connection ----------------------------------------------------------------------------------------------------

  /** Connect now, or find out whether the connection that is there still is one. */
  start(now: Millis): void {
    this.#link.start(now);
  }

  /** The network is said to be gone: find out soon whether the connection is. */
  doubt(now: Millis): void {
    this.#link.doubt(now);
  }

  /** Hang up, and do not come back until `start`. */
  stop(): void {
    this.#link.stop();
  }

  /** A connection is being made. */
  connecting(): void {
    this.#link.connecting();
  }

  /** There is a connection. */
  connected(now: Millis): void {
    if (this.#link.connected(now)) this.#hello.greet();
  }

  /** The connection has ended, or could not be made; `why` in words, if the one who ended it gave any. */
  lost(now: Millis, why: string | null = null): void {
    this.#link.lost(now, why);
  }

  /** The server sent a frame. */
  receive(data: string, now: Millis): void {
    if (!this.#link.hears(now)) return;
    try {
      const frame = decode(data);
      if (frame !== null) this.#answers.take(frame, now);
    } catch (error) {
      if (!(error instanceof FrameError || error instanceof Fault)) throw error;
      this.#link.hangUp(now, error.message);
    }
  }

  /** The `deadline` has come. */
  tick(now: Millis): void {
    this.#link.tick(now);
    if (!this.ready) return;
    for (const state of this.#state.rooms.values()) {
      this.#state.mark(state, now);
      if (state.expireTyping(now)) this.#state.outlet.changed({ what: "typing", room: state.id });
    }
    this.#state.posting.pump(now);
    this.#state.windows.tick(now);
  }

  /** Somebody else signed in or out: forget who one was, and see who one is now. */
  identityChanged(now: Millis): void {
    this.#state.token = null;
    this.#link.change(now);
  }

  /** Be nobody. */
  forget(): void {
    this.#state.token = null;
    this.#link.goOut(null, this.connection.state === "out" ? this.connection.access : "unknown");
  }

  // What the user wants -----------------------------------------------------------------------------------------------

  /** Move a room's window; the answer says which event it is about. */
  open(room: RoomId, at: At, ticket: Ticket | null): void {
    this.#state.windows.open(room, at, ticket);
  }

  /** Make a room's window grow. */
  extend(room: RoomId, direction: "older" | "newer", ticket: Ticket | null): void {
    this.#state.windows.extend(room, direction, ticket);
  }

  /** Nothing of the room is on a screen any more. */
  close(room: RoomId): void {
    this.#state.windows.close(room);
    const state = this.state(room);
    if (state !== undefined) state.membersWanted = false;
  }

  wantMembers(room: RoomId): void {
    const state = this.state(room);
    if (state !== undefined) this.#members.want(state);
  }

  /** The user has read up to there. */
  read(room: RoomId, seq: Seq, now: Millis): void {
    const state = this.state(room);
    if (state === undefined || !state.read(seq)) return;
    this.#state.outlet.roomChanged(state, true);
    this.#state.outlet.emit({ do: "putRoom", room: state.room });
    this.#state.mark(state, now);
  }

  isTyping(room: RoomId, now: Millis): void {
    const state = this.state(room);
    if (!this.ready || state === undefined || !state.live || now - state.typedAt < TYPING) return;
    state.typedAt = now;
    this.#state.outlet.transmit({ t: "typing", room });
  }

  /** A room's draft is another one now. */
  draft(room: RoomId, text: string): void {
    this.#state.drafts.set(room, text);
    const state = this.state(room);
    if (state === undefined || state.room.draft === text) return;
    const list = (state.room.draft === "") !== (text === "");
    state.room = { ...state.room, draft: text };
    this.#state.outlet.roomChanged(state, list);
  }

  /** A message was put into the outbox, durably. */
  queued(pending: Pending, now: Millis): void {
    if (this.outbox.get(pending.key) !== undefined) return;
    this.outbox.add(pending);
    this.#state.outlet.changed({ what: "outbox", room: pending.room });
    this.#state.posting.pump(now);
  }

  /** A refused message is to be tried again, under its key. */
  retry(key: string, now: Millis): Pending | undefined {
    if (this.outbox.get(key)?.state !== "refused") return undefined;
    this.outbox.land(key);
    const pending = this.outbox.get(key);
    if (pending !== undefined) this.#state.outlet.changed({ what: "outbox", room: pending.room });
    this.#state.posting.pump(now);
    return pending;
  }

  /**
   * A message is not to be sent, if nobody has begun to. It goes when that is known: at once, if we are the one tab that sends.
   *
   * @returns whether it is gone.
   */
  discard(key: string, now: Millis): boolean {
    return this.#state.posting.discard(key, now);
  }

  /** Another tab does not want a message to be sent. */
  unwanted(key: string, now: Millis): void {
    this.#state.posting.unwanted(key, now);
  }

  /** This is what the outbox in the store holds. */
  setOutbox(entries: readonly Pending[], now: Millis): void {
    for (const room of this.outbox.replace(entries)) this.#state.outlet.changed({ what: "outbox", room });
    this.#state.posting.pump(now);
  }

  /** We are the one tab that sends; the outbox was read from the store since. */
  granted(now: Millis): void {
    this.#state.posting.granted(now);
  }

  /** Ask the server. The answer is an effect with the request's ticket; without a connection it says so at once. */
  ask(request: Request, question: Question): void {
    this.#state.outlet.ask(request, question);
  }
}
