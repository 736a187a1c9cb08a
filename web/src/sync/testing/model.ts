/**
 * A model of a Parley server, and of a browser with tabs, a store that outlives them, and one lock. Everything happens in small
 * steps, in an order that the test chooses.
 */
import { expect } from "vitest";
import { decode } from "../frames";
import { type SeqRange, withRange } from "../seqRanges";
import { Session } from "../session/session";
import type { Cached, Identity } from "../store";
import { type Change, firstSeq, type Pending, type Room, type RoomEvent, type RoomId, type Seq } from "../types";

export const BOB = 7;
export const EVE = 9;
const PAGE = 7;

interface ServerRoom {
  id: RoomId;
  name: string;
  epoch: string;
  log: Record<string, unknown>[];
  read: Seq;
}

interface Connection {
  send: (frame: unknown) => void;
  /** The seq up to which each room was sent; null before the hello. */
  after: Map<RoomId, Seq> | null;
  open: boolean;
}

/** A server that does what docs/protocol/web.md promises for rooms that bob and eve are in, and nothing else. */
export class ModelServer {
  readonly rooms = new Map<RoomId, ServerRoom>();
  readonly keys = new Map<string, { room: RoomId; seq: Seq }>();
  connections: Connection[] = [];
  /** How many of the next messages are refused with a `retry_after`. */
  refusals = 0;
  #clock = 0;

  constructor() {
    for (const [id, name] of [
      [1, "lobby"],
      [2, "tea"],
    ] as const) {
      this.rooms.set(id, { id, name, epoch: "e1", log: [], read: 0 });
      this.append(id, 0, "created", name);
      this.append(id, BOB, "joined");
      this.append(id, EVE, "joined");
    }
  }

  append(room: RoomId, user: number, kind: string, text = ""): Seq {
    const { log } = this.room(room);
    const event: Record<string, unknown> = {
      seq: log.length + 1,
      at: ++this.#clock,
      user,
      name: user === BOB ? "bob" : "eve",
    };
    if (kind !== "message") event["kind"] = kind;
    if (text !== "") event["text"] = text;
    log.push(event);
    this.pump();
    return log.length;
  }

  room(id: RoomId): ServerRoom {
    const room = this.rooms.get(id);
    if (room === undefined) throw new Error(`room ${id}`);
    return room;
  }

  /** Restore a backup: the room's history ends at `seq` again, and has another epoch. */
  restore(id: RoomId, seq: Seq): void {
    this.hangUp();
    const room = this.room(id);
    room.log.length = Math.max(3, Math.min(seq, room.log.length));
    room.epoch += "'";
    room.read = Math.min(room.read, room.log.length);
    for (const [key, place] of this.keys) if (place.room === id && place.seq > room.log.length) this.keys.delete(key);
  }

  hangUp(): void {
    for (const connection of this.connections) connection.open = false;
    this.connections = [];
  }

  accept(send: (frame: unknown) => void): Connection {
    const connection: Connection = { send, after: null, open: true };
    this.connections.push(connection);
    return connection;
  }

  pump(): void {
    for (const { open, after, send } of this.connections) {
      if (!open || after === null) continue;
      for (const [room, seq] of after) {
        const { log } = this.room(room);
        if (seq >= log.length) continue;
        after.set(room, log.length);
        send({ t: "events", room, events: log.slice(seq) });
      }
    }
  }

  receive(connection: Connection, data: string): void {
    if (!connection.open) return;
    const frame = JSON.parse(data) as Record<string, unknown>;
    const { t, id, key, room: where } = frame;
    const { send } = connection;
    if (t === "hello") {
      expect(connection.after).toBeNull();
      const seen = new Map(
        ((frame["seen"] ?? []) as { room: RoomId; epoch: string; seq: Seq }[]).map((each) => [each.room, each]),
      );
      const after = new Map<RoomId, Seq>();
      const rooms = [...this.rooms.values()].map((room) => {
        const entry = seen.get(room.id);
        const good = entry !== undefined && entry.epoch === room.epoch && entry.seq <= room.log.length;
        after.set(room.id, good ? entry.seq : room.log.length);
        return { ...this.#shown(room), after: after.get(room.id) };
      });
      connection.after = after;
      const limits = { frame_bytes: 16384, text_chars: 8000, name_chars: 32, topic_chars: 250, page: PAGE };
      send({ t: "ready", protocol: 1, server: "model", user: { id: BOB, name: "bob", role: "member" }, rooms, limits });
      this.pump();
      return;
    }
    expect(connection.after, `${data} before a hello`).not.toBeNull();
    if (t === "send") {
      const known = this.keys.get(String(key));
      if (known !== undefined) send({ t: "stored", key, ...known });
      else if (this.refusals > 0) {
        this.refusals -= 1;
        send({ t: "error", code: "too_fast", message: "Later.", key, retry_after: 100 });
      } else if (String(frame["text"]).includes("\x07"))
        send({ t: "error", code: "text_invalid", message: "No.", key });
      else {
        const room = where as RoomId;
        const place = { room, seq: this.room(room).log.length + 1 };
        this.keys.set(String(key), place);
        // The protocol allows `stored` before and after the event.
        const early = this.#clock % 2 === 0;
        if (early) send({ t: "stored", key, ...place });
        this.append(room, BOB, String(frame["kind"] ?? "message"), String(frame["text"]));
        if (!early) send({ t: "stored", key, ...place });
      }
    } else if (t === "history") {
      const { log, epoch } = this.room(where as RoomId);
      const limit = frame["limit"] as number;
      expect(limit).toBeGreaterThan(0);
      expect(limit).toBeLessThanOrEqual(PAGE);
      const { after } = frame;
      const before = (frame["before"] ?? log.length + 1) as Seq;
      const all = after === undefined ? log.slice(0, Math.max(0, before - 1)) : log.slice(after as Seq);
      const folded = frame["fold"] === true ? withRuns(all) : all;
      const page = after === undefined ? folded.slice(-limit) : folded.slice(0, limit);
      const [events, runs] = [page.filter((each) => !("first" in each)), page.filter((each) => "first" in each)];
      send({ t: "page", id, room: where, epoch, events, runs, more: page.length < folded.length });
    } else if (t === "read") {
      const room = this.room(where as RoomId);
      room.read = Math.max(room.read, Math.min(frame["seq"] as Seq, room.log.length));
      const counts = { read: room.read, upto: room.log.length, unread: this.unread(room) };
      for (const each of this.connections) if (each.after !== null) each.send({ t: "unread", room: where, ...counts });
    } else if (t === "got") {
      expect(frame["seq"]).toBeLessThanOrEqual(this.room(where as RoomId).log.length);
    } else if (t === "members") {
      send({ t: "members", id, room: where, members: [] });
    } else if (id !== undefined) send({ t: "done", id });
  }

  unread(room: ServerRoom): number {
    return room.log.slice(room.read).filter((event) => event["kind"] === undefined && event["user"] !== BOB).length;
  }

  #shown(room: ServerRoom): Record<string, unknown> {
    const { id, name, epoch, read } = room;
    const shown = { id, name, kind: "public", topic: "", epoch, tip: room.log.length, members: 2, receipts: true };
    return { ...shown, read, unread: this.unread(room) };
  }
}

/** Replace ten or more consecutive joins, departures and the like by a run. */
function withRuns(events: readonly Record<string, unknown>[]): Record<string, unknown>[] {
  const items: Record<string, unknown>[] = [];
  let passing: Record<string, unknown>[] = [];
  const close = (): void => {
    const [first, last] = [passing[0], passing.at(-1)];
    if (passing.length < 10) items.push(...passing);
    else items.push({ first: first?.["seq"], last: last?.["seq"], newest: passing.slice(-3) });
    passing = [];
  };
  for (const event of events) {
    if (event["kind"] === "joined" || event["kind"] === "left") passing.push(event);
    else {
      close();
      items.push(event);
    }
  }
  close();
  return items;
}

/** The stored data of a browser. */
class Disk {
  identity: Identity | null = null;
  readonly rooms = new Map<RoomId, Room>();
  readonly logs = new Map<RoomId, { epoch: string; spans: readonly SeqRange[]; events: Map<Seq, RoomEvent> }>();
  outbox: Pending[] = [];

  cached(): Cached {
    const rooms = [...this.rooms.values()].map((room) => {
      const log = this.logs.get(room.id);
      const held = log === undefined ? { epoch: room.epoch, spans: [] } : { epoch: log.epoch, spans: log.spans };
      return { room: { ...room, epoch: held.epoch }, held, members: null };
    });
    return { rooms, drafts: new Map() };
  }
}

/** A tab: a session, the frames between it and the server, and the store's pending work for it. */
class Tab {
  readonly session: Session;
  readonly toServer: string[] = [];
  readonly toClient: string[] = [];
  /** Work of the store that is not done yet. */
  readonly chores: (() => void)[] = [];
  readonly changes: Change[] = [];
  /** Messages that the user has discarded in this tab, and that are still shown. */
  readonly unwanted = new Set<string>();
  connection: Connection | null = null;
  wantsLock = false;

  constructor(session: Session) {
    this.session = session;
  }
}

export class Browser {
  readonly server: ModelServer;
  readonly disk = new Disk();
  readonly tabs: Tab[] = [];
  now = 0;
  /** The tab that holds the lock for sending. */
  holder: Tab | null = null;
  /** Discarded messages, with the tab that has removed them. */
  readonly discarded = new Map<string, Tab>();
  #keys = 0;
  readonly #random: () => number;

  constructor(server: ModelServer, tabs: number, random: () => number) {
    this.server = server;
    this.#random = random;
    for (let number = 0; number < tabs; number++) this.tabs.push(this.#openTab());
  }

  #openTab(): Tab {
    const session = new Session({ random: this.#random, wall: () => this.now });
    const tab = new Tab(session);
    session.load(
      this.disk.identity,
      this.disk.identity === null ? null : this.disk.cached(),
      this.disk.outbox,
      this.now,
    );
    this.perform(tab);
    return tab;
  }

  /** The tab is closed. Everything that was not stored is lost. */
  kill(index: number): void {
    const tab = this.tab(index);
    // A discard that was not stored when the tab was closed is undone.
    for (const [key, by] of this.discarded) if (by === tab && this.#isKept(key)) this.discarded.delete(key);
    tab.unwanted.clear();
    this.#cut(tab);
    this.#unlock(tab);
    this.tabs[index % this.tabs.length] = this.#openTab();
  }

  tab(index: number): Tab {
    const tab = this.tabs[index % this.tabs.length];
    if (tab === undefined) throw new Error("no tab");
    return tab;
  }

  /** Like the engine: store the message before telling the session. */
  say(index: number, room: RoomId, text: string): string {
    const tab = this.tab(index);
    const key = `key${String(++this.#keys).padStart(6, "0")}`;
    const pending: Pending = { key, room, text, kind: "message", at: this.now, state: "queued" };
    this.disk.outbox = [...this.disk.outbox, pending];
    tab.session.queued(pending, this.now);
    this.perform(tab);
    for (const other of this.tabs) {
      if (other === tab) continue;
      other.session.setOutbox(this.disk.outbox, this.now);
      this.perform(other);
    }
    return key;
  }

  /** The user discards a message that this tab shows. Returns the message, if there is one. */
  discard(index: number, number: number): Pending | undefined {
    const tab = this.tab(index);
    const shown = tab.session.outbox.all;
    const pending = shown[number % Math.max(1, shown.length)];
    if (pending === undefined) return undefined;
    tab.unwanted.add(pending.key);
    tab.session.discard(pending.key, this.now);
    this.perform(tab);
    return pending;
  }

  #isKept(key: string): boolean {
    return this.disk.outbox.some((each) => each.key === key);
  }

  perform(tab: Tab): void {
    for (let effects = tab.session.effects(); effects.length > 0; effects = tab.session.effects()) {
      for (const effect of effects) {
        switch (effect.do) {
          case "transmit":
            tab.toServer.push(JSON.stringify(effect.frame));
            break;
          case "hangup":
            if (tab.session.connection.state === "waiting" && tab.session.connection.reason !== null) {
              expect(tab.session.connection.reason).not.toMatch(/missing|hole|no /);
            }
            this.#disconnect(tab);
            break;
          case "remember":
            this.disk.identity = effect.identity;
            break;
          case "putRoom":
            this.disk.rooms.set(effect.room.id, effect.room);
            break;
          case "dropRoom":
            this.disk.logs.delete(effect.room);
            break;
          case "keep":
            tab.chores.push(() => {
              this.#keep(effect.room, effect.epoch, effect.span, effect.events);
              tab.session.kept(effect.room, effect.epoch, effect.span[1], this.now);
            });
            break;
          case "read":
            tab.chores.push(() => {
              const log = this.disk.logs.get(effect.room);
              const found: RoomEvent[] = [];
              for (let seq = effect.from; seq <= effect.to; seq++) {
                const event = log?.epoch === effect.epoch ? log.events.get(seq) : undefined;
                if (event !== undefined) found.push(event);
              }
              tab.session.found(effect.page, found, this.now);
            });
            break;
          case "settle":
            tab.chores.push(() => {
              this.disk.outbox = this.disk.outbox.filter((each) => each.key !== effect.pending.key);
              this.#tellOutbox(tab);
            });
            break;
          case "unwanted":
            for (const other of this.tabs) {
              if (other !== tab) other.chores.push(() => other.session.unwanted(effect.key, this.now));
            }
            break;
          case "refused":
            tab.chores.push(() => {
              this.disk.outbox = this.disk.outbox.map((each) =>
                each.key === effect.pending.key ? effect.pending : each,
              );
              this.#tellOutbox(tab);
            });
            break;
          case "post":
            tab.wantsLock = effect.wanted;
            if (!effect.wanted) this.#unlock(tab);
            break;
          case "changed":
            tab.changes.push(effect.change);
            break;
          default:
            break;
        }
      }
    }
    this.#check(tab);
    for (const key of tab.unwanted) {
      if (tab.session.outbox.get(key) !== undefined) continue;
      tab.unwanted.delete(key);
      if (!this.server.keys.has(key)) this.discarded.set(key, tab);
    }
  }

  /** Tell the other tabs that the stored outbox has changed. */
  #tellOutbox(tab: Tab): void {
    for (const other of this.tabs) {
      if (other !== tab) other.chores.push(() => other.session.setOutbox(this.disk.outbox, this.now));
    }
  }

  #keep(room: RoomId, epoch: string, span: SeqRange, events: readonly RoomEvent[]): void {
    let log = this.disk.logs.get(room);
    if (log === undefined || log.epoch !== epoch) {
      log = { epoch, spans: [], events: new Map() };
      this.disk.logs.set(room, log);
    }
    log.spans = withRange(log.spans, span);
    for (const event of events) log.events.set(event.seq, event);
  }

  /** Give the free lock to a tab that waits for it, which reads the outbox first. */
  lock(index: number): boolean {
    const tab = this.tab(index);
    if (this.holder !== null || !tab.wantsLock) return false;
    this.holder = tab;
    this.chores(tab);
    tab.session.setOutbox(this.disk.outbox, this.now);
    tab.session.granted(this.now);
    this.perform(tab);
    return true;
  }

  #unlock(tab: Tab): void {
    if (this.holder !== tab) return;
    // Finish the pending work before another tab reads the store.
    this.chores(tab);
    this.holder = null;
  }

  chores(tab: Tab): boolean {
    const some = tab.chores.length > 0;
    for (const chore of tab.chores.splice(0)) chore();
    if (some) this.perform(tab);
    return some;
  }

  connect(tab: Tab): boolean {
    const { connectAt } = tab.session;
    if (connectAt === null) return false;
    this.now = Math.max(this.now, connectAt);
    tab.session.connecting();
    const connection = this.server.accept((frame) => {
      if (tab.connection === connection) tab.toClient.push(JSON.stringify(frame));
    });
    tab.connection = connection;
    tab.session.connected(this.now);
    this.perform(tab);
    return true;
  }

  /** Let one thing happen in a tab. Returns whether anything could. */
  step(index: number): boolean {
    const tab = this.tab(index);
    const { connection } = tab;
    if (connection !== null && !connection.open) {
      this.#cut(tab);
      return true;
    }
    if (connection === null) return this.connect(tab);
    const sent = tab.toServer.shift();
    if (sent !== undefined) {
      this.server.receive(connection, sent);
      return true;
    }
    return this.hear(index) || this.lock(index) || this.chores(tab);
  }

  hear(index: number): boolean {
    const tab = this.tab(index);
    const heard = tab.toClient.shift();
    if (heard === undefined) return false;
    expect(decode(heard)).not.toBeNull();
    tab.session.receive(heard, this.now);
    this.perform(tab);
    return true;
  }

  cut(index: number): void {
    this.#cut(this.tab(index));
  }

  #disconnect(tab: Tab): void {
    if (tab.connection !== null) tab.connection.open = false;
    tab.connection = null;
    tab.toServer.length = tab.toClient.length = 0;
  }

  #cut(tab: Tab): void {
    if (tab.connection === null) return;
    this.#disconnect(tab);
    tab.session.lost(this.now);
    this.perform(tab);
  }

  pass(time: number): void {
    this.now += time;
    for (const tab of this.tabs) {
      const { deadline } = tab.session;
      if (deadline !== null && deadline <= this.now) tab.session.tick(this.now);
      this.perform(tab);
    }
  }

  /** Let everything happen that can, until all messages are settled. */
  calm(): void {
    this.server.refusals = 0;
    for (let round = 0; round < 5_000; round++) {
      let busy = false;
      for (let index = 0; index < this.tabs.length; index++) busy = this.step(index) || busy;
      if (!busy && this.disk.outbox.every((each) => each.state === "refused")) return;
      if (!busy) this.pass(50);
    }
    throw new Error("the tabs do not come to rest");
  }

  /** Check that the tab's windows have no gaps, and show what the server has. */
  #check(tab: Tab): void {
    for (const { id, epoch } of tab.session.rooms) {
      const state = tab.session.state(id);
      const room = this.server.room(id);
      if (state === undefined || room.epoch !== epoch) continue;
      const { events, atTip } = state.log.window;
      events.forEach((event, index) => {
        expect(firstSeq(event)).toBe(index === 0 ? firstSeq(event) : (events[index - 1]?.seq ?? 0) + 1);
        for (let seq = firstSeq(event); event.run !== undefined && seq <= event.seq; seq++)
          expect(room.log[seq - 1]?.["kind"]).toMatch(/^(joined|left)$/);
        if (event.run === undefined) expect(event.text).toBe(room.log[event.seq - 1]?.["text"] ?? "");
      });
      if (atTip && events.length > 0) expect(state.log.last).toBeGreaterThanOrEqual(state.end);
    }
  }
}
