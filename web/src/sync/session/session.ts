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
import { decode, FrameError, ProtocolViolation } from "../frames";
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
import { ConnectionLifecycle } from "./connectionLifecycle";
import { DirectRooms } from "./directRooms";
import { FrameDispatcher } from "./frameDispatcher";
import { Hello } from "./hello";
import type { WindowTarget } from "./logWindows";
import { RoomMembers } from "./members";
import type { Outbox } from "./outbox";
import { OFFLINE, type Question, type Request } from "./requests";
import { RoomState } from "./roomState";
import { SessionState } from "./sessionState";
import { RoomStreams } from "./streams";

/** Milliseconds between two `typing` frames of a room. */
const TYPING = 3_000;

/** Who signs in, for clients that have no cookie (under Node). */
export interface Credentials {
  token?: string | null;
  /** The name to take, as a new guest. */
  name?: string;
  /** The new guest's token (`newToken`); without it the server makes one. */
  newToken?: string;
}

export interface Options {
  random: () => number;
  /** The time in milliseconds since 1970 UTC. */
  wall: () => Millis;
  credentials?: Credentials;
}

/** The session of one user with one server. */
export class Session {
  readonly #state: SessionState;
  readonly #lifecycle: ConnectionLifecycle;
  readonly #hello: Hello;
  readonly #members: RoomMembers;
  readonly #dispatcher: FrameDispatcher;

  constructor({ random, wall, credentials }: Options) {
    this.#state = new SessionState(credentials?.token ?? null);
    const directRooms = new DirectRooms(this.#state);
    this.#lifecycle = new ConnectionLifecycle(this.#state, directRooms, random, wall);
    const streams = new RoomStreams(this.#state, this.#lifecycle);
    this.#hello = new Hello(this.#state, this.#lifecycle, streams, credentials);
    this.#members = new RoomMembers(this.#state);
    const parts = { streams, members: this.#members, directRooms };
    this.#dispatcher = new FrameDispatcher(this.#state, this.#lifecycle, this.#hello, parts);
  }

  // State -------------------------------------------------------------------------------------------------------------

  /** The effects since the last call, in order. */
  effects(): Effect[] {
    return this.#state.outbound.effects();
  }

  /** When to connect, on the clock of `now`; null while connected or connecting, or if no connection is wanted. */
  get connectAt(): Millis | null {
    return this.#lifecycle.connectAt;
  }

  /** When to call `tick`; null for never. */
  get deadline(): Millis | null {
    let at = this.#lifecycle.deadline;
    if (this.ready) {
      at = Math.min(at, this.#state.sender.deadline, this.#state.windows.backfillAt);
      for (const state of this.#state.rooms.values()) at = Math.min(at, state.marksDueAt, state.typingUntil);
    }
    return at === Number.POSITIVE_INFINITY ? null : at;
  }

  get connection(): Connection {
    return this.#lifecycle.connection;
  }

  get ready(): boolean {
    return this.#state.outbound.ready;
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

  /** The rooms in the order of their ids. The list is the same object until a room changes. */
  get rooms(): readonly Room[] {
    return this.#state.list;
  }

  get invitations(): readonly Invited[] {
    return this.#state.invitations;
  }

  /** All that this client knows of a room; undefined for a room that the user is not in. */
  state(room: RoomId): RoomState | undefined {
    return this.#state.rooms.get(room);
  }

  // The store ---------------------------------------------------------------------------------------------------------

  /** Use the data that the engine has read from the store; then connect. */
  load(identity: Identity | null, cached: Cached | null, outbox: readonly Pending[], now: Millis): void {
    const { outbound, windows } = this.#state;
    if (identity !== null) {
      this.#state.me = identity.me;
      windows.me = identity.me.id;
      this.#state.server = { name: identity.server, limits: outbound.limits };
      this.#state.token ??= identity.token;
      outbound.changed({ what: "me" });
    }
    if (cached !== null) this.#load(cached);
    for (const room of this.outbox.replace(outbox)) outbound.changed({ what: "outbox", room });
    this.#lifecycle.begin(now);
    windows.grantAll();
  }

  /** Store who the user is. */
  remember(): void {
    this.#state.remember();
  }

  /**
   * Whether the stored data of this user id belongs to somebody else: a server that has lost its data gives out the same ids
   * again. If no room has the epoch that is stored, the data is the user's only if the outbox has a message under their name.
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

  /** Take over the stored data of the user whom the server has named in its answer to the hello. */
  adopt(user: UserId, cached: Cached, outbox: readonly Pending[], now: Millis): void {
    if (this.me?.id !== user) return;
    for (const [room, draft] of cached.drafts) this.draft(room, draft);
    for (const { room, held, members } of cached.rooms) {
      const state = this.state(room.id);
      if (state === undefined || state.room.epoch !== held.epoch) continue;
      // Otherwise changes that came before this connection are missing in what is stored.
      if (held.end >= state.beganAfter) for (const span of held.spans) state.hold(span);
      state.members ??= members;
      state.room = { ...state.room, active: Math.max(state.room.active, room.active) };
      this.#state.outbound.roomChanged(state, true);
    }
    this.setOutbox(outbox, now);
  }

  /** Events of a room are durable in the store. */
  kept(room: RoomId, epoch: string, last: Seq, now: Millis): void {
    const state = this.state(room);
    if (state === undefined || state.room.epoch !== epoch) return;
    state.durable = Math.max(state.durable, last);
    this.#state.mark(state, now);
  }

  /** The store has read a page; null if it does not have all of it. */
  found(page: number, events: readonly RoomEvent[] | null, now: Millis): void {
    this.#state.windows.found(page, events);
    for (const state of this.#state.rooms.values()) this.#state.mark(state, now);
  }

  #load(cached: Cached): void {
    const { drafts, outbound, rooms } = this.#state;
    for (const [room, draft] of cached.drafts) drafts.set(room, draft);
    for (const { room, held, members } of cached.rooms) {
      const state = new RoomState({ ...room, draft: drafts.get(room.id) ?? "" }, held);
      state.members = members;
      state.membersPartial = members !== null && room.kind !== "direct" && members.length < room.members;
      rooms.set(room.id, state);
    }
    outbound.changed({ what: "rooms" });
  }

  // The connection ----------------------------------------------------------------------------------------------------

  /** Connect now, or check whether the connection still works. */
  start(now: Millis): void {
    this.#lifecycle.start(now);
  }

  /** The browser reports no network: check the connection soon. */
  doubt(now: Millis): void {
    this.#lifecycle.doubt(now);
  }

  /** Disconnect, and stay so until `start`. */
  stop(): void {
    this.#lifecycle.stop();
  }

  /** The connection is being made. */
  connecting(): void {
    this.#lifecycle.connecting();
  }

  /** The connection is open. */
  connected(now: Millis): void {
    if (this.#lifecycle.connected(now)) this.#hello.greet();
  }

  /** The connection has ended, or could not be made; `why` is a sentence, if the server or the browser gave one. */
  lost(now: Millis, why: string | null = null): void {
    this.#lifecycle.lost(now, why);
  }

  /** The server sent a frame. */
  receive(data: string, now: Millis): void {
    if (!this.#lifecycle.hears(now)) return;
    try {
      const frame = decode(data);
      if (frame !== null) this.#dispatcher.take(frame, now);
    } catch (error) {
      if (!(error instanceof FrameError || error instanceof ProtocolViolation)) throw error;
      this.#lifecycle.hangUp(now, error.message);
    }
  }

  /** The `deadline` has come. */
  tick(now: Millis): void {
    this.#lifecycle.tick(now);
    if (!this.ready) return;
    for (const state of this.#state.rooms.values()) {
      this.#state.mark(state, now);
      if (state.expireTyping(now)) this.#state.outbound.changed({ what: "typing", room: state.id });
    }
    this.#state.sender.pump(now);
    this.#state.windows.tick(now);
  }

  /** Another user has signed in, or nobody is signed in any more: forget the user, and connect anew. */
  identityChanged(now: Millis): void {
    this.#state.token = null;
    this.#lifecycle.change(now);
  }

  /** Nobody is signed in any more. */
  forget(): void {
    this.#state.token = null;
    this.#lifecycle.goOut(null, this.connection.state === "out" ? this.connection.access : "unknown");
  }

  // Commands of the user ----------------------------------------------------------------------------------------------

  /** Move a room's window. The answer says which event to scroll to. */
  open(room: RoomId, at: WindowTarget, ticket: Ticket | null): void {
    this.#state.windows.open(room, at, ticket);
  }

  /** Extend a room's window by a page. */
  extend(room: RoomId, direction: "older" | "newer", ticket: Ticket | null): void {
    this.#state.windows.extend(room, direction, ticket);
  }

  /** The room is not shown any more. */
  close(room: RoomId): void {
    this.#state.windows.close(room);
    const state = this.state(room);
    if (state !== undefined) state.membersWanted = false;
  }

  wantMembers(room: RoomId): void {
    const state = this.state(room);
    if (state !== undefined) this.#members.want(state);
  }

  /** The user has read a room up to a seq. */
  read(room: RoomId, seq: Seq, now: Millis): void {
    const state = this.state(room);
    if (state === undefined || !state.read(seq)) return;
    this.#state.outbound.roomChanged(state, true);
    this.#state.outbound.emit({ do: "putRoom", room: state.room });
    this.#state.mark(state, now);
  }

  isTyping(room: RoomId, now: Millis): void {
    const state = this.state(room);
    if (!this.ready || state === undefined || !state.live || now - state.typedAt < TYPING) return;
    state.typedAt = now;
    this.#state.outbound.transmit({ t: "typing", room });
  }

  /** A room's draft has changed. */
  draft(room: RoomId, text: string): void {
    this.#state.drafts.set(room, text);
    const state = this.state(room);
    if (state === undefined || state.room.draft === text) return;
    const list = (state.room.draft === "") !== (text === "");
    state.room = { ...state.room, draft: text };
    this.#state.outbound.roomChanged(state, list);
  }

  /** The engine has put a message into the stored outbox, or could not do so: show the message and send it. */
  queued(pending: Pending, now: Millis): void {
    if (this.outbox.get(pending.key) !== undefined) return;
    this.outbox.add(pending);
    this.#state.outbound.changed({ what: "outbox", room: pending.room });
    this.#state.sender.pump(now);
  }

  /** Write a message differently that was never sent. Returns it as it is now; undefined if it is too late for that. */
  rewrite(key: string, text: string, now: Millis): Pending | undefined {
    if (!this.outbox.isUnsent(key)) return undefined;
    const pending = this.outbox.rewrite(key, text);
    if (pending !== undefined) this.#state.outbound.changed({ what: "outbox", room: pending.room });
    this.#state.sender.pump(now);
    return pending;
  }

  /** Load a message that is not held. */
  wantMessage(room: RoomId, seq: Seq): void {
    const { outbound } = this.#state;
    if (!outbound.ready || outbound.asks((each) => each.what === "aside" && each.room === room && each.seq === seq))
      return;
    outbound.ask({ what: "aside", room, seq }, { t: "history", room, limit: 1, before: seq + 1, present: true });
  }

  /** Load the newest messages of a thread that are not held. */
  openThread(room: RoomId, root: Seq): void {
    const { outbound } = this.#state;
    const aside = this.state(room)?.aside;
    if (aside === undefined || aside.thread(root).loading) return;
    const first = aside.thread(root).events[0];
    aside.loading(root);
    const frame: Question = { t: "history", room, limit: 50, thread: root, present: true };
    if (outbound.ready) outbound.ask({ what: "thread", room, root }, first ? { ...frame, before: first.seq } : frame);
    else aside.took(root, null, false, OFFLINE);
    outbound.changed({ what: "log", room });
  }

  closeThread(room: RoomId, root: Seq): void {
    this.state(room)?.aside.close(root);
  }

  /** Send a refused message again, under its key. */
  retry(key: string, now: Millis): Pending | undefined {
    if (this.outbox.get(key)?.state !== "refused") return undefined;
    this.outbox.requeue(key);
    const pending = this.outbox.get(key);
    if (pending !== undefined) this.#state.outbound.changed({ what: "outbox", room: pending.room });
    this.#state.sender.pump(now);
    return pending;
  }

  /**
   * Discard a message that was not sent. If another tab holds the lock for sending, that tab decides whether it is removed.
   *
   * @returns whether the message is removed.
   */
  discard(key: string, now: Millis): boolean {
    return this.#state.sender.discard(key, now);
  }

  /** The user has discarded a message in another tab. */
  unwanted(key: string, now: Millis): void {
    this.#state.sender.unwanted(key, now);
  }

  /** Replace the messages of the outbox by those of the stored outbox. */
  setOutbox(entries: readonly Pending[], now: Millis): void {
    for (const room of this.outbox.replace(entries)) this.#state.outbound.changed({ what: "outbox", room });
    this.#state.sender.pump(now);
  }

  /** This tab holds the lock of the tab that sends, and has read the stored outbox since. */
  granted(now: Millis): void {
    this.#state.sender.granted(now);
  }

  /** Ask the server. The answer is an effect with the request's ticket; without a connection it is `OFFLINE`, at once. */
  ask(request: Request, question: Question): void {
    this.#state.outbound.ask(request, question);
  }
}
