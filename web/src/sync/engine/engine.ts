/** The engine: a session, with the socket, the clock, the store and the connection to other tabs that perform its effects. */
import type { Effect, Ticket } from "../effects";
import { type DirectoryQuery, encode } from "../frames";
import { newToken } from "../newToken";
import { normalized } from "../normalized";
import { withoutHash } from "../session/names";
import type { Question, Request } from "../session/requests";
import { type Credentials, Session } from "../session/session";
import type { Identity, Store } from "../store";
import type { LogPart } from "../storedLog";
import {
  type Answer,
  type Change,
  type ChangeKind,
  type Connection,
  EMPTY_WINDOW,
  type Engine,
  type Found,
  type Hours,
  type Invited,
  type Level,
  type Limits,
  type LogWindow,
  type Me,
  type Member,
  type Millis,
  type Moderation,
  type Pending,
  type Person,
  type Reactor,
  type Related,
  type Room,
  type RoomEvent,
  type RoomId,
  type RoomListing,
  type Seq,
  type Status,
  type Thread,
  type UserId,
  type Version,
} from "../types";
import { keySequence } from "./messageKeys";
import { type Connect, Socket } from "./socket";
import type { TabMessage, Tabs } from "./tabs";

/** The environment of the engine. */
export interface Ports {
  connect: Connect;
  store: Store;
  tabs: Tabs;
  /** Milliseconds on a clock that never goes back. */
  now: () => Millis;
  /** Milliseconds since 1970 UTC. */
  wall: () => Millis;
  random: () => number;
  randomBytes: (bytes: Uint8Array<ArrayBuffer>) => unknown;
  /** Calls back when an attempt to connect is likely to succeed: the network is back, or the page is visible again. */
  onWake?: (wake: () => void) => void;
  /** Calls back when the browser reports no network. */
  onOffline?: (doubt: () => void) => void;
  /** Calls back when the page is hidden: it may be closed without another call. */
  onHide?: (hide: () => void) => void;
  /** Calls `isAsked` when the user is about to leave the page. If it returns true, the browser asks the user to confirm. */
  onLeave?: (isAsked: () => boolean) => void;
  /** Keeps the messages that the browser's store did not take, until the tab is closed. */
  tabStorage?: TabStorage;
  /** Who signs in, for clients that have no cookie (under Node). */
  credentials?: Credentials;
}

/** Storage of this tab only, which survives a reload. Written synchronously, as a page that is being closed can not wait. */
export interface TabStorage {
  keep(user: UserId, messages: readonly Pending[]): void;
  /** Remove and return the messages of a user. */
  take(user: UserId): readonly Pending[];
}

/** Milliseconds between two writes of rooms and members, which change often. */
const SETTLE = 400;
/** Milliseconds between two writes of events, which are collected meanwhile: a transaction costs far more than one more event. */
const KEEP = 150;
/** Milliseconds after which a write of a message counts as failed: a browser with a broken profile never answers. */
const STORE_PATIENCE = 2_000;
const NOBODY: readonly string[] = [];
const NO_THREAD: Thread = { events: [], atStart: false, loading: false, problem: null };

const isReaction = ({ kind }: Pending): boolean => kind === "react" || kind === "unreact";

/** Whether a later change of the same message makes an entry of the outbox needless. */
function isNeedless(entry: Pending, later: Pending): boolean {
  if (entry.target !== later.target) return false;
  if (later.kind === "erase") return true;
  return isReaction(later) ? isReaction(entry) && entry.text === later.text : entry.kind === later.kind;
}

export function createEngine(ports: Ports): Engine {
  return new ParleyEngine(ports);
}

class ParleyEngine implements Engine {
  readonly #ports: Ports;
  readonly #store: Store;
  readonly #tabs: Tabs;
  readonly #session: Session;
  readonly #socket: Socket;
  readonly #newKey: () => string;
  readonly #listeners = new Set<(change: Change) => void>();
  readonly #waiting = new Map<Ticket, (answer: Answer<unknown>) => void>();
  #lastTicket = 0;
  #timer: ReturnType<typeof setTimeout> | undefined;
  /** When the timer fires; infinite if none is set. */
  #timerAt: Millis = Number.POSITIVE_INFINITY;
  #begun = false;
  #performing = false;
  #sender: AbortController | null = null;
  #release: (() => void) | null = null;
  /** Messages that the browser's store did not take: only this tab has them. */
  #homeless: readonly Pending[] = [];
  /** The keys of messages that were written in this tab. */
  readonly #written = new Set<string>();
  /** Messages whose write to the store has not ended yet, by key. */
  readonly #unstored = new Map<string, Pending>();
  /** A chain of promises that adds messages to the outbox in the order in which they were written. */
  #line: Promise<void> = Promise.resolve();
  /** Fulfilled when the session has the stored data of the current user. */
  #adopting: Promise<void> = Promise.resolve();
  readonly #keeps = new Map<RoomId, Keep>();
  /** How many writes of events are running. */
  #keeping = 0;
  /** When the next write of events may begin. */
  #keepAt: Millis = 0;
  #keepTimer: ReturnType<typeof setTimeout> | undefined;
  readonly #dirtyRooms = new Map<RoomId, Room>();
  /** The last user, also after their session has ended. */
  #last: UserId | undefined;
  readonly #dirtyMembers = new Map<RoomId, readonly Member[]>();
  #settling: ReturnType<typeof setTimeout> | undefined;

  constructor(ports: Ports) {
    this.#ports = ports;
    this.#store = ports.store;
    this.#tabs = ports.tabs;
    const { random, wall, randomBytes } = ports;
    const credentials = ports.credentials?.name
      ? { newToken: newToken(randomBytes), ...ports.credentials }
      : ports.credentials;
    this.#session = new Session(credentials === undefined ? { random, wall } : { random, wall, credentials });
    this.#newKey = keySequence(ports.wall, ports.randomBytes);
    this.#socket = new Socket(ports.connect, {
      opened: () => this.#do((session, now) => session.connected(now)),
      heard: (data) => this.#do((session, now) => session.receive(data, now)),
      closed: (why) => this.#do((session, now) => session.lost(now, why)),
    });
  }

  subscribe(listener: (change: Change) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  connection(): Connection {
    return this.#session.connection;
  }

  me(): Me | null {
    return this.#session.me;
  }

  server(): { name: string; limits: Limits } | null {
    return this.#session.server;
  }

  hours(): Hours | null {
    return this.#session.hours;
  }

  rooms(): readonly Room[] {
    return this.#session.rooms;
  }

  room(id: RoomId): Room | undefined {
    return this.#session.state(id)?.room;
  }

  invitations(): readonly Invited[] {
    return this.#session.invitations;
  }

  members(room: RoomId): readonly Member[] | null {
    return this.#session.state(room)?.members ?? null;
  }

  typing(room: RoomId): readonly string[] {
    return this.#session.state(room)?.typing ?? NOBODY;
  }

  window(room: RoomId): LogWindow {
    return this.#session.state(room)?.log.window ?? EMPTY_WINDOW;
  }

  outbox(room: RoomId): readonly Pending[] {
    return this.#session.outbox.of(room);
  }

  stranded(): readonly Pending[] {
    return this.#session.outbox.all.filter(({ state, room, kind }) => {
      const known = this.room(room);
      const hasText = kind === "message" || kind === "action" || kind === "edit";
      return hasText && state === "refused" && (known?.joined !== true || known.archived);
    });
  }

  unsent(): number {
    return this.#session.outbox.unsent.length;
  }

  wrote(key: string): boolean {
    return this.#written.has(key);
  }

  status(room: RoomId, seq: Seq): Status | null {
    const state = this.#session.state(room);
    const me = this.#session.me?.id;
    if (state === undefined || state.members === null || !state.room.receipts) return null;
    const status: Status = { state: "stored", got: 0, read: 0, of: 0 };
    for (const member of state.members) {
      if (member.id === me || member.since >= seq) continue;
      status.of += 1;
      if (Math.max(member.got, member.read) >= seq) status.got += 1;
      if (member.read >= seq) status.read += 1;
    }
    if (status.of > 0 && status.got === status.of) status.state = "delivered";
    if (status.of > 0 && status.read === status.of) status.state = "read";
    return status;
  }

  readers(room: RoomId, seq: Seq): readonly Member[] {
    const state = this.#session.state(room);
    if (state === undefined || state.members === null || !state.room.receipts) return [];
    const sender = state.log.window.events.find((event) => event.seq === seq)?.user ?? this.#session.me?.id;
    return state.members.filter((member) => member.id !== sender && member.since < seq && member.read >= seq);
  }

  start(): void {
    if (!this.#begun) {
      this.#begun = true;
      this.#ports.onWake?.(() => this.#wake());
      this.#ports.onOffline?.(() => this.#do((session, now) => session.doubt(now)));
      this.#ports.onHide?.(() => {
        this.#putAway();
        const fleeting = this.#session.outbox.unsent.filter((each) => each.fleeting);
        this.#resort(merged(fleeting, [...this.#unstored.values(), ...this.#homeless]));
      });
      this.#ports.onLeave?.(() =>
        this.#session.outbox.unsent.some((each) => each.fleeting && each.state !== "refused"),
      );
      this.#tabs.listen((note) => this.#note(note));
      void this.#load();
      return;
    }
    this.#do((session, now) => session.start(now));
  }

  stop(): void {
    this.#putAway();
    this.#do((session) => session.stop());
  }

  identityChanged(): void {
    this.#tabs.tell({ about: "identity" });
    this.#identityChanged();
  }

  async forget(): Promise<void> {
    // The server may already have ended the session, and the session then has no user.
    let user = this.#session.me?.id ?? this.#last;
    clearTimeout(this.#settling);
    this.#settling = undefined;
    for (const dirty of [this.#dirtyRooms, this.#dirtyMembers, this.#keeps]) dirty.clear();
    this.#homeless = [];
    this.#do((session) => session.forget());
    user ??= (await this.#store.identity().catch(() => null))?.me.id;
    if (user !== undefined) await this.#store.forget(user);
    this.#last = undefined;
    this.#tabs.tell({ about: "identity" });
  }

  open(room: RoomId, at: "newest" | "unread" | { seq: Seq }): Promise<Answer<{ seq: Seq | null }>> {
    return this.#ask((session, ticket) => session.open(room, at, ticket));
  }

  async older(room: RoomId): Promise<void> {
    await this.#ask((session, ticket) => session.extend(room, "older", ticket));
  }

  async newer(room: RoomId): Promise<void> {
    await this.#ask((session, ticket) => session.extend(room, "newer", ticket));
  }

  close(room: RoomId): void {
    this.#do((session) => session.close(room));
  }

  send(room: RoomId, text: string, kind: "message" | "action" = "message", related: Related = {}): void {
    const at = this.#ports.wall();
    this.#queue({ key: this.#newKey(), room, text: normalized(text), kind, at, state: "queued", ...related });
  }

  change(room: RoomId, target: Seq, kind: ChangeKind, text: string): void {
    const at = this.#ports.wall();
    const pending: Pending = { key: this.#newKey(), room, target, text: normalized(text), kind, at, state: "queued" };
    this.#queue(pending, () => {
      // Only the last wish counts. An earlier one may have been sent: then the server gets both, in their order.
      for (const each of this.#session.outbox.of(room)) if (isNeedless(each, pending)) this.discard(each.key);
    });
  }

  isWriting(room: RoomId): boolean {
    return [...this.#unstored.values()].some((each) => each.room === room && each.target === undefined);
  }

  canRewrite(key: string): boolean {
    return this.#session.outbox.isUnsent(key);
  }

  rewrite(key: string, text: string): void {
    this.#do((session, now) => {
      const pending = session.rewrite(key, normalized(text), now);
      if (pending !== undefined) void this.#put(pending);
    });
  }

  pin(room: RoomId, seq: Seq, on: boolean): Promise<Answer> {
    return this.#command({ t: "pin", room, seq, on });
  }

  held(room: RoomId, seq: Seq): RoomEvent | null | undefined {
    const state = this.#session.state(room);
    if (state !== undefined && seq < state.room.floor) return null;
    return state?.log.held(seq) ?? state?.aside.get(seq);
  }

  wantMessage(room: RoomId, seq: Seq): void {
    if (this.held(room, seq) === undefined) this.#do((session) => session.wantMessage(room, seq));
  }

  thread(room: RoomId, root: Seq): Thread {
    return this.#session.state(room)?.aside.thread(root) ?? NO_THREAD;
  }

  async threadOf(room: RoomId, seq: Seq): Promise<Answer<Seq | null>> {
    const question: Question = { t: "history", room, limit: 1, before: seq + 1 };
    const answer = await this.#question<readonly RoomEvent[]>((ticket) => ({ what: "list", ticket }), question);
    if (!answer.ok) return answer;
    const found = answer.value.find((event) => event.seq === seq);
    return { ok: true, value: found?.also === true ? null : (found?.thread ?? null) };
  }

  openThread(room: RoomId, root: Seq): void {
    this.#do((session) => session.openThread(room, root));
  }

  closeThread(room: RoomId, root: Seq): void {
    this.#do((session) => session.closeThread(room, root));
  }

  pins(room: RoomId): Promise<Answer<readonly RoomEvent[]>> {
    return this.#question((ticket) => ({ what: "list", ticket }), { t: "pins", room });
  }

  versions(room: RoomId, seq: Seq): Promise<Answer<readonly Version[]>> {
    return this.#question((ticket) => ({ what: "list", ticket }), { t: "versions", room, seq });
  }

  reactors(room: RoomId, seq: Seq, emoji: string): Promise<Answer<readonly Reactor[]>> {
    return this.#question((ticket) => ({ what: "list", ticket }), { t: "reactors", room, seq, emoji });
  }

  sendDirect(to: string, text: string, kind: "message" | "action" = "message"): void {
    const message = { room: 0, to: normalized(to.replace(/^@/, "")), text: normalized(text), kind };
    this.#queue({ key: this.#newKey(), ...message, at: this.#ports.wall(), state: "queued" });
  }

  retry(key: string): void {
    const refused = this.#session.outbox.get(key);
    if (refused?.problem?.code === "key_reused") {
      // The server will never store anything else under this key.
      const { problem: _, ...message } = refused;
      this.#queue({ ...message, key: this.#newKey(), state: "queued" });
      this.discard(key);
      return;
    }
    this.#do((session, now) => {
      const pending = session.retry(key, now);
      if (pending !== undefined) void this.#put(pending);
    });
  }

  discard(key: string): void {
    this.#do((session, now) => session.discard(key, now));
  }

  setDraft(room: RoomId, text: string): void {
    const me = this.#session.me;
    if (me === null) return;
    this.#do((session) => session.draft(room, text));
    void quietly(this.#store.setDraft(me.id, room, text)); // write at once, as the page may be closing
    this.#tabs.tell({ about: "draft", user: me.id, room, text });
  }

  isTyping(room: RoomId): void {
    this.#do((session, now) => session.isTyping(room, now));
  }

  read(room: RoomId, seq: Seq): void {
    this.#do((session, now) => session.read(room, seq, now));
  }

  wantMembers(room: RoomId): void {
    this.#do((session) => session.wantMembers(room));
  }

  join(name: string, room?: RoomId): Promise<Answer<RoomId>> {
    const question: Question = { t: "join", name: withoutHash(name), ...(room === undefined ? {} : { room }) };
    return this.#question((ticket) => ({ what: "join", ticket, room: null }), question);
  }

  create(name: string, isPrivate: boolean): Promise<Answer<RoomId>> {
    const question: Question = { t: "create", name: withoutHash(name), ...(isPrivate ? { private: true } : {}) };
    return this.#question((ticket) => ({ what: "create", ticket }), question);
  }

  openDirect(names: readonly string[]): Promise<Answer<RoomId>> {
    return this.#question((ticket) => ({ what: "gather", ticket, names }), { t: "gather", names });
  }

  leave(room: RoomId): Promise<Answer> {
    return this.#question((ticket) => ({ what: "leave", ticket, room }), { t: "leave", room });
  }

  findRooms(query: string, next: string): Promise<Answer<Found<RoomListing>>> {
    return this.#question((ticket) => ({ what: "directory", ticket }), { t: "rooms", ...directoryQuery(query, next) });
  }

  findPeople(query: string, next: string): Promise<Answer<Found<Person>>> {
    return this.#question((ticket) => ({ what: "directory", ticket }), { t: "people", ...directoryQuery(query, next) });
  }

  findMembers(room: RoomId, query: string, next: string): Promise<Answer<Found<Member>>> {
    const frame = { t: "members", room, ...directoryQuery(query, next) } as const;
    return this.#question((ticket) => ({ what: "directory", ticket }), frame);
  }

  find(room: RoomId, at: Millis): Promise<Answer<Seq>> {
    return this.#question((ticket) => ({ what: "find", ticket }), { t: "find", room, at });
  }

  rename(name: string): Promise<Answer> {
    return this.#question((ticket) => ({ what: "rename", ticket, name }), { t: "rename", name });
  }

  setTopic(room: RoomId, topic: string): Promise<Answer> {
    return this.#command({ t: "topic", room, topic });
  }

  moderate(room: RoomId, what: Moderation): Promise<Answer> {
    return this.#command({ t: "moderate", room, ...what });
  }

  prefer(room: RoomId, what: { level?: Level; favourite?: boolean }): Promise<Answer> {
    return this.#command({ t: "prefer", room, ...what });
  }

  setHours(hours: Hours | null): Promise<Answer> {
    return this.#command({ t: "prefer", hours });
  }

  // Effects ------------------------------------------------------------------------------------------------------------

  /** Call the session, then perform its effects. */
  #do(step: (session: Session, now: Millis) => void): void {
    step(this.#session, this.#ports.now());
    this.#perform();
  }

  #ask<T>(step: (session: Session, ticket: Ticket, now: Millis) => void): Promise<Answer<T>> {
    const ticket = ++this.#lastTicket;
    return new Promise((resolve) => {
      this.#waiting.set(ticket, (answer) => resolve(answer as Answer<T>));
      this.#do((session, now) => step(session, ticket, now));
    });
  }

  #question<T>(request: (ticket: Ticket) => Request, question: Question): Promise<Answer<T>> {
    return this.#ask((session, ticket) => session.ask(request(ticket), question));
  }

  /** Ask a question to which the server answers only `done` or an error. */
  #command(question: Question): Promise<Answer> {
    return this.#question((ticket) => ({ what: "do", ticket }), question);
  }

  #perform(): void {
    if (this.#performing) return; // called by a listener: the loop below performs these effects as well
    this.#performing = true;
    try {
      for (let effects = this.#session.effects(); effects.length > 0; effects = this.#session.effects()) {
        const changes = new Map<string, Change>();
        for (const effect of effects) {
          if (effect.do === "changed") note(changes, effect.change);
          else this.#effect(effect);
        }
        for (const change of changes.values()) this.#tell(change);
      }
    } finally {
      this.#performing = false;
    }
    this.#schedule();
  }

  #tell(change: Change): void {
    if (change.what === "arrived" && !this.#tabs.announces) return;
    for (const listener of [...this.#listeners]) listener(change);
  }

  #schedule(): void {
    const now = this.#ports.now();
    const { connectAt, deadline } = this.#session;
    const at = Math.min(connectAt ?? Number.POSITIVE_INFINITY, deadline ?? Number.POSITIVE_INFINITY);
    if (connectAt !== null && connectAt <= now) {
      this.#connect();
      return;
    }
    // Each received frame makes the deadline later. An earlier timer is left as it is, and `#tick` sets it anew when it fires: to
    // set it for each frame would cost more.
    if (this.#timerAt <= at && at !== Number.POSITIVE_INFINITY) return;
    clearTimeout(this.#timer);
    this.#timerAt = at;
    if (at === Number.POSITIVE_INFINITY) return;
    this.#timer = setTimeout(() => this.#tick(), Math.max(0, at - now));
  }

  #tick(): void {
    this.#timerAt = Number.POSITIVE_INFINITY;
    const { connectAt } = this.#session;
    if (connectAt !== null && connectAt <= this.#ports.now()) this.#connect();
    else this.#do((session, now) => session.tick(now));
  }

  #connect(): void {
    this.#do((session) => session.connecting());
    this.#socket.connect();
  }

  #effect(effect: Exclude<Effect, { do: "changed" }>): void {
    switch (effect.do) {
      case "transmit":
        this.#socket.send(encode(effect.frame));
        break;
      case "hangup":
        this.#socket.hangUp();
        break;
      case "answer": {
        const resolve = this.#waiting.get(effect.ticket);
        this.#waiting.delete(effect.ticket);
        resolve?.(effect.answer);
        break;
      }
      case "remember":
        this.#last = effect.identity?.me.id ?? this.#last;
        void quietly(this.#store.setIdentity(effect.identity));
        break;
      case "adopt":
        this.#adopting = this.#adopt(effect.user);
        void this.#adopting.then(() => this.#takeOver(effect.user));
        break;
      case "keep":
        this.#keep(effect.room, effect.part);
        break;
      case "read":
        void this.#read(effect);
        break;
      case "putRoom":
        this.#dirtyRooms.set(effect.room.id, effect.room);
        this.#settleSoon();
        break;
      case "putMembers":
        this.#dirtyMembers.set(effect.room, effect.members);
        this.#settleSoon();
        break;
      case "dropRoom":
        this.#dirtyRooms.delete(effect.room);
        this.#dirtyMembers.delete(effect.room);
        this.#keeps.delete(effect.room);
        this.#forUser((user) => this.#store.dropRoom(user, effect.room));
        break;
      case "settle":
        void this.#settle(effect.pending.key);
        break;
      case "unwanted":
        if (this.#session.me !== null) {
          this.#tabs.tell({ about: "discard", user: this.#session.me.id, key: effect.key });
        }
        break;
      case "refused":
        void this.#put(effect.pending);
        break;
      case "post":
        void this.#post(effect.wanted);
        break;
    }
  }

  // Start and users ----------------------------------------------------------------------------------------------------

  async #load(): Promise<void> {
    let identity: Identity | null = null;
    let cached = null;
    let outbox: Pending[] = [];
    try {
      identity = await this.#store.identity();
      if (identity !== null) {
        this.#last = identity.me.id;
        cached = await this.#store.load(identity.me.id);
        outbox = await this.#stored(identity.me.id);
      }
    } catch {
      // Continue without the cache: the server has the data.
    }
    this.#do((session, now) => session.load(identity, cached, outbox, now));
    if (identity !== null) await this.#takeOver(identity.me.id);
  }

  async #adopt(user: number): Promise<void> {
    try {
      const outbox = await this.#stored(user);
      const cached = await this.#store.load(user);
      if (this.#session.isOfAnother(user, cached, outbox)) {
        await this.#store.forget(user);
        this.#do((session) => session.remember());
        return;
      }
      this.#do((session, now) => session.adopt(user, cached, merged(outbox, this.#homeless), now));
    } catch {
      // Continue without the cache: the server has the data.
    }
  }

  #identityChanged(): void {
    this.#putAway();
    this.#homeless = [];
    this.#do((session, now) => session.identityChanged(now));
  }

  #wake(): void {
    this.#resort([]); // the page was not closed: its memory still has these messages
    const { state } = this.#session.connection;
    if (state === "out" || state === "starting") return;
    this.#do((session, now) => session.start(now));
  }

  #note(note: TabMessage): void {
    if (note.about === "identity") {
      this.#identityChanged();
    } else if (note.user === this.#session.me?.id) {
      if (note.about === "draft") this.#do((session) => session.draft(note.room, note.text));
      else if (note.about === "discard") this.#do((session, now) => session.unwanted(note.key, now));
      else void this.#reloadOutbox();
    }
  }

  // The outbox --------------------------------------------------------------------------------------------------------

  /** @param before called right before the message is in the outbox, after all earlier ones. */
  #queue(message: Pending, before?: () => void): void {
    const { me } = this.#session;
    if (me === null) return;
    const pending: Pending = { ...message, by: me.name };
    this.#written.add(pending.key);
    this.#unstored.set(pending.key, pending);
    const putting = this.#put(pending);
    this.#line = this.#line.then(async () => {
      const isStored = await putting;
      this.#unstored.delete(pending.key);
      before?.();
      this.#do((session, now) => session.queued(isStored ? pending : { ...pending, fleeting: true }, now));
    });
  }

  /** Write a message to the stored outbox. Returns whether it is there after the page was closed. */
  async #put(pending: Pending): Promise<boolean> {
    const me = this.#session.me;
    if (me === null) return false;
    const { fleeting: _, ...plain } = pending;
    try {
      // If an earlier message is only in this tab, do not store this one: another tab would send it before the earlier one.
      if (pending.state !== "refused" && this.#homeless.some(isBefore(pending)))
        throw new Error("An earlier message is not stored.");
      const queued: Pending = { ...plain, state: pending.state === "refused" ? "refused" : "queued" };
      await within(this.#store.queue(me.id, queued), STORE_PATIENCE);
      this.#homeless = this.#homeless.filter((each) => each.key !== pending.key);
      this.#tabs.tell({ about: "outbox", user: me.id });
      return this.#store.lasting;
    } catch {
      // The browser's storage is full or not available. The message stays in memory and is sent while this tab is open.
      this.#homeless = merged([{ ...plain, fleeting: true }], this.#homeless);
      return false;
    }
  }

  /** The stored outbox. If the store does not outlive the page, each message is marked as `fleeting`. */
  async #stored(user: UserId): Promise<Pending[]> {
    const entries = await this.#store.outbox(user);
    return this.#store.lasting ? entries : entries.map((each) => ({ ...each, fleeting: true }));
  }

  /** Replace the messages in the storage of the tab. */
  #resort(messages: readonly Pending[]): void {
    const me = this.#session.me;
    if (me !== null) this.#ports.tabStorage?.keep(me.id, messages);
  }

  /** Move the messages that were in the tab's storage before a reload to the stored outbox. */
  async #takeOver(user: UserId): Promise<void> {
    const taken = this.#ports.tabStorage?.take(user) ?? [];
    this.#homeless = merged(this.#homeless, taken);
    // A message may have been sent before the reload. The server stores each key once.
    for (const each of taken) if (this.#session.me?.id === user) await this.#put(each);
    if (taken.length > 0) await this.#reloadOutbox();
  }

  async #settle(key: string): Promise<void> {
    const me = this.#session.me;
    this.#homeless = this.#homeless.filter((each) => each.key !== key);
    if (me === null) return;
    await quietly(this.#store.settle(me.id, key));
    this.#tabs.tell({ about: "outbox", user: me.id });
  }

  async #reloadOutbox(): Promise<void> {
    await this.#adopting;
    const me = this.#session.me;
    if (me === null) return;
    try {
      const entries = await this.#stored(me.id);
      if (this.#session.me?.id !== me.id) return;
      this.#do((session, now) => session.setOutbox(merged(entries, this.#homeless), now));
    } catch {
      // The store can not be read: keep the outbox that is in memory.
    }
  }

  /** Ask for the lock of the tab that sends messages, or release it. */
  async #post(wanted: boolean): Promise<void> {
    if (!wanted) {
      this.#sender?.abort();
      this.#sender = null;
      this.#release?.();
      this.#release = null;
      return;
    }
    const sender = new AbortController();
    this.#sender = sender;
    const release = await this.#tabs.post(sender.signal);
    if (sender.signal.aborted) {
      release();
      return;
    }
    this.#release = release;
    // Another tab may have sent messages meanwhile.
    await this.#reloadOutbox();
    if (this.#sender === sender) this.#do((session, now) => session.granted(now));
  }

  // The store ---------------------------------------------------------------------------------------------------------

  #forUser(step: (user: number) => Promise<void>): void {
    const me = this.#session.me;
    if (me !== null) void quietly(step(me.id));
  }

  /** Store a part of a log. Events that arrive shortly after a write are collected for the next one. */
  #keep(room: RoomId, part: LogPart): void {
    const me = this.#session.me;
    if (me === null) return;
    const waiting = this.#keeps.get(room);
    const joined = waiting?.user === me.id ? joinedParts(waiting.part, part) : null;
    if (waiting !== undefined && joined === null) this.#flushKeeps();
    this.#keeps.set(room, { user: me.id, part: joined ?? part });
    this.#keepSoon();
  }

  #keepSoon(): void {
    if (this.#keeping > 0 || this.#keepTimer !== undefined || this.#keeps.size === 0) return;
    const wait = this.#keepAt - this.#ports.now();
    if (wait <= 0) this.#flushKeeps();
    else this.#keepTimer = setTimeout(() => this.#flushKeeps(), wait);
  }

  #flushKeeps(): void {
    clearTimeout(this.#keepTimer);
    this.#keepTimer = undefined;
    const me = this.#session.me;
    // Do not store events of the previous user for this one.
    const keeps = [...this.#keeps].filter(([, { user }]) => user === me?.id);
    this.#keeps.clear();
    if (me === null || keeps.length === 0) return;
    this.#keepAt = this.#ports.now() + KEEP;
    this.#keeping += 1;
    const all = keeps.map(async ([room, { part }]) => {
      try {
        await this.#store.keep(me.id, room, part);
      } catch {
        return; // then the events are not reported to the server as received
      }
      this.#do((session, now) => session.kept(room, part.epoch, part.span[1], now));
    });
    void Promise.all(all).then(() => {
      this.#keeping -= 1;
      this.#keepSoon();
    });
  }

  async #read(effect: Effect & { do: "read" }): Promise<void> {
    const { room, epoch, from, to, page } = effect;
    const me = this.#session.me;
    this.#flushKeeps(); // a read has to find events that wait to be written
    let events: RoomEvent[] | null = null;
    if (me !== null) {
      try {
        events = await this.#store.read(me.id, room, epoch, from, to);
      } catch {
        // The session loads the page from the server.
      }
    }
    this.#do((session, now) => session.found(page, events, now));
  }

  #settleSoon(): void {
    this.#settling ??= setTimeout(() => this.#putAway(), SETTLE);
  }

  /** Write the events, rooms and members that wait to be written. */
  #putAway(): void {
    clearTimeout(this.#settling);
    this.#settling = undefined;
    const me = this.#session.me;
    if (me !== null) {
      this.#flushKeeps();
      for (const room of this.#dirtyRooms.values()) void quietly(this.#store.putRoom(me.id, { ...room, draft: "" }));
      for (const [room, members] of this.#dirtyMembers) void quietly(this.#store.putMembers(me.id, room, members));
    }
    this.#dirtyRooms.clear();
    this.#dirtyMembers.clear();
  }
}

interface Keep {
  /** The user who received the events. */
  user: UserId;
  part: LogPart;
}

/** Two parts of the stream that follow one another, as one part; null if they can't be joined. */
function joinedParts(one: LogPart, next: LogPart): LogPart | null {
  const isStream = one.asOf === undefined && next.asOf === undefined;
  if (!isStream || one.epoch !== next.epoch || next.span[0] !== one.span[1] + 1) return null;
  return { ...next, span: [one.span[0], next.span[1]], events: [...one.events, ...next.events] };
}

/** Keep the last change of each `what` and room; of `arrived`, keep one for each event. */
function note(changes: Map<string, Change>, change: Change): void {
  const room = "room" in change ? change.room : 0;
  changes.set(change.what === "arrived" ? `arrived ${room} ${change.event.seq}` : `${change.what} ${room}`, change);
}

/** Merge two lists of messages without duplicates. Keys sort by time: the second list is inserted by its keys. */
function merged(entries: readonly Pending[], others: readonly Pending[]): Pending[] {
  const all = [...entries];
  for (const other of others) {
    if (all.some((each) => each.key === other.key)) continue;
    const at = all.findIndex((each) => each.key > other.key);
    all.splice(at < 0 ? all.length : at, 0, other);
  }
  return all;
}

/** Whether a message has to be sent before `other`. */
function isBefore(other: Pending): (message: Pending) => boolean {
  return ({ key, state }) => state !== "refused" && key < other.key;
}

/** @throws Error if the promise takes longer than `most`. */
async function within<T>(promise: Promise<T>, most: Millis): Promise<T> {
  let timer: ReturnType<typeof setTimeout> | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error("The browser's storage does not answer.")), most);
  });
  try {
    return await Promise.race([promise, late]);
  } finally {
    clearTimeout(timer);
  }
}

/** Wait for a write to the store, and ignore its failure. */
async function quietly(promise: Promise<void>): Promise<void> {
  try {
    await promise;
  } catch {
    // Nothing is lost: the next start loads what was not stored from the server.
  }
}

/** The longest `query` that the server accepts, in characters. */
const QUERY_CHARS = 100;
/** Entries in a page of a list: one or two screens. */
const LISTED = 50;

function directoryQuery(query: string, next: string): DirectoryQuery {
  const typed = [...query.trim()].slice(0, QUERY_CHARS).join("");
  return { limit: LISTED, ...(typed ? { query: typed } : {}), ...(next ? { after: next } : {}) };
}
