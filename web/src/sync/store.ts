/**
 * The port through which the engine stores data that outlives the tab, and an adapter in memory. `engine/indexeddb.ts` is the
 * adapter for browsers.
 *
 * All data belongs to a user id, so that several users of one browser are kept apart. A write is durable when its promise is
 * fulfilled. A read sees all earlier writes of the same tab, also those that are not durable yet.
 */
import { covers } from "./seqRanges";
import { type LogPart, putInto, rangesWith, type StoredRanges, stepFor } from "./storedLog";
import type { Me, Member, Pending, Room, RoomEvent, RoomId, Seq, UserId } from "./types";

/** The user at the last visit, to show their data before the server has answered. */
export interface Identity {
  me: Me;
  /** The server's name and version. */
  server: string;
  /** The user's token, for clients that have no cookie (under Node). */
  token: string | null;
}

/** The stored data of a user, without events. */
export interface Cached {
  rooms: { room: Room; held: StoredRanges; members: readonly Member[] | null }[];
  drafts: ReadonlyMap<RoomId, string>;
}

export interface Store {
  /** Whether stored data is still there after the page was closed. False until the browser's database is open. */
  readonly lasting: boolean;
  identity(): Promise<Identity | null>;
  setIdentity(identity: Identity | null): Promise<void>;
  load(user: UserId): Promise<Cached>;
  /** Store a room, without its draft. */
  putRoom(user: UserId, room: Room): Promise<void>;
  putMembers(user: UserId, room: RoomId, members: readonly Member[]): Promise<void>;
  dropRoom(user: UserId, room: RoomId): Promise<void>;
  /** Store a part of a room's log. A part of another epoch replaces everything that is stored of the log. */
  keep(user: UserId, room: RoomId, part: LogPart): Promise<void>;
  /** The stored events from one seq to another, both inclusive, in order; null if a part of that range is not stored. */
  read(user: UserId, room: RoomId, epoch: string, from: Seq, to: Seq): Promise<RoomEvent[] | null>;
  /** The messages that are neither stored at the server nor discarded, in the order in which they were queued. */
  outbox(user: UserId): Promise<Pending[]>;
  /** Append a message to the outbox, or replace the one with the same key. */
  queue(user: UserId, pending: Pending): Promise<void>;
  /** Remove a message from the outbox. */
  settle(user: UserId, key: string): Promise<void>;
  setDraft(user: UserId, room: RoomId, text: string): Promise<void>;
  /** Remove all data of a user. */
  forget(user: UserId): Promise<void>;
}

/** A store in the page's memory: its data is lost when the page is closed. */
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
      held: heldOf(kept.logs.get(room.id), room),
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

  async keep(user: UserId, room: RoomId, part: LogPart): Promise<void> {
    const { logs } = this.#of(user);
    let log = logs.get(room);
    const step = stepFor(part, log);
    if (step === "skip") return;
    if (log === undefined || step === "renew") log = { epoch: part.epoch, spans: [], end: 0, events: new Map() };
    logs.set(room, log);
    putInto(log.events, part, log.end, user);
    log.spans = rangesWith(part, log);
    log.end = Math.max(log.end, part.end);
  }

  async read(user: UserId, room: RoomId, epoch: string, from: Seq, to: Seq): Promise<RoomEvent[] | null> {
    const log = this.#of(user).logs.get(room);
    if (log === undefined || log.epoch !== epoch || !covers(log.spans, [from, to])) return null;
    const found: RoomEvent[] = [];
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

function heldOf(log: StoredRanges | undefined, room: Room): StoredRanges {
  return log === undefined
    ? { epoch: room.epoch, spans: [], end: 0 }
    : { epoch: log.epoch, spans: log.spans, end: log.end };
}

interface Kept {
  rooms: Map<RoomId, Room>;
  members: Map<RoomId, readonly Member[]>;
  logs: Map<RoomId, StoredRanges & { events: Map<Seq, RoomEvent> }>;
  outbox: Map<string, Pending>;
  drafts: Map<RoomId, string>;
}
