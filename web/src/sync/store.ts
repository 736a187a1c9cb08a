/**
 * Where the engine keeps what has to survive the tab: the port, and an adapter in memory. `indexeddb.ts` is the browser's.
 *
 * Everything belongs to a user, by id. What is put in is durable when the promise is fulfilled; what is read shows everything
 * that was put in before by the same tab, whether its promise is fulfilled or not.
 */
import { type Span, withSpan } from "./seqRanges";
import type { Me, Member, Pending, Room, RoomEvent, RoomId, Seq, UserId } from "./types";

/** Who one was, so that there is something to show before the server has answered. */
export interface Identity {
  me: Me;
  /** The server's name and version. */
  server: string;
  /** For clients that have no cookie. */
  token: string | null;
}

/** What is kept of a room's log: pieces without holes, of one history. */
export interface Held {
  epoch: string;
  spans: readonly Span[];
}

/** Everything that is kept of a user but events. */
export interface Cached {
  rooms: { room: Room; held: Held; members: readonly Member[] | null }[];
  drafts: ReadonlyMap<RoomId, string>;
}

export interface Store {
  /** Whether what is put in outlives the page; said for sure once something was. */
  readonly lasting: boolean;
  identity(): Promise<Identity | null>;
  setIdentity(identity: Identity | null): Promise<void>;
  load(user: UserId): Promise<Cached>;
  /** Keep a room as it is known, without its draft. */
  putRoom(user: UserId, room: Room): Promise<void>;
  putMembers(user: UserId, room: RoomId, members: readonly Member[]): Promise<void>;
  dropRoom(user: UserId, room: RoomId): Promise<void>;
  /** Keep a piece of a room's log. A piece of another epoch than what is kept takes the place of it. */
  keep(user: UserId, room: RoomId, epoch: string, span: Span, events: readonly RoomEvent[]): Promise<void>;
  /** The events that are kept from one seq to another, both inclusive, in order. */
  read(user: UserId, room: RoomId, epoch: string, from: Seq, to: Seq): Promise<RoomEvent[]>;
  /** The messages that are not settled, in the order in which they were queued. */
  outbox(user: UserId): Promise<Pending[]>;
  /** Put a message at the outbox's end, or, if it is there, in its place. */
  queue(user: UserId, pending: Pending): Promise<void>;
  settle(user: UserId, key: string): Promise<void>;
  setDraft(user: UserId, room: RoomId, text: string): Promise<void>;
  /** Forget everything of a user, and that they were here. */
  forget(user: UserId): Promise<void>;
}

/** A store that lasts as long as the tab. */
export class MemoryStore implements Store {
  readonly lasting: boolean = false;
  #identity: Identity | null = null;
  readonly #users = new Map<UserId, Kept>();

  async identity(): Promise<Identity | null> {
    return this.#identity;
  }

  async setIdentity(identity: Identity | null): Promise<void> {
    this.#identity = identity;
  }

  async load(user: UserId): Promise<Cached> {
    const kept = this.#of(user);
    const rooms = [...kept.rooms.values()].map((room) => ({
      room,
      held: kept.logs.get(room.id) ?? { epoch: room.epoch, spans: [] },
      members: kept.members.get(room.id) ?? null,
    }));
    return { rooms, drafts: new Map(kept.drafts) };
  }

  async putRoom(user: UserId, room: Room): Promise<void> {
    this.#of(user).rooms.set(room.id, room);
  }

  async putMembers(user: UserId, room: RoomId, members: readonly Member[]): Promise<void> {
    this.#of(user).members.set(room, members);
  }

  async dropRoom(user: UserId, room: RoomId): Promise<void> {
    const kept = this.#of(user);
    kept.rooms.delete(room);
    kept.members.delete(room);
    kept.logs.delete(room);
  }

  async keep(user: UserId, room: RoomId, epoch: string, span: Span, events: readonly RoomEvent[]): Promise<void> {
    const { logs } = this.#of(user);
    let log = logs.get(room);
    if (log === undefined || log.epoch !== epoch) {
      log = { epoch, spans: [], events: new Map() };
      logs.set(room, log);
    }
    log.spans = withSpan(log.spans, span);
    for (const event of events) log.events.set(event.seq, event);
  }

  async read(user: UserId, room: RoomId, epoch: string, from: Seq, to: Seq): Promise<RoomEvent[]> {
    const log = this.#of(user).logs.get(room);
    const found: RoomEvent[] = [];
    if (log === undefined || log.epoch !== epoch) return found;
    for (let seq = from; seq <= to; seq++) {
      const event = log.events.get(seq);
      if (event !== undefined) found.push(event);
    }
    return found;
  }

  async outbox(user: UserId): Promise<Pending[]> {
    return [...this.#of(user).outbox.values()];
  }

  async queue(user: UserId, pending: Pending): Promise<void> {
    this.#of(user).outbox.set(pending.key, pending);
  }

  async settle(user: UserId, key: string): Promise<void> {
    this.#of(user).outbox.delete(key);
  }

  async setDraft(user: UserId, room: RoomId, text: string): Promise<void> {
    const { drafts } = this.#of(user);
    if (text === "") drafts.delete(room);
    else drafts.set(room, text);
  }

  async forget(user: UserId): Promise<void> {
    this.#users.delete(user);
    if (this.#identity?.me.id === user) this.#identity = null;
  }

  #of(user: UserId): Kept {
    let kept = this.#users.get(user);
    if (kept === undefined) {
      kept = { rooms: new Map(), members: new Map(), logs: new Map(), outbox: new Map(), drafts: new Map() };
      this.#users.set(user, kept);
    }
    return kept;
  }
}

interface Kept {
  rooms: Map<RoomId, Room>;
  members: Map<RoomId, readonly Member[]>;
  logs: Map<RoomId, Held & { events: Map<Seq, RoomEvent> }>;
  outbox: Map<string, Pending>;
  drafts: Map<RoomId, string>;
}
