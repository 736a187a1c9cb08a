/**
 * A model of a Parley server, and of a browser with tabs, a store that outlives them, and one lock. Everything happens in small
 * steps, in an order that the test chooses.
 */
import { expect } from "vitest";
import { isChange, uptoOf } from "../forms";
import { decode } from "../frames";
import { covers, type SeqRange } from "../seqRanges";
import { Session } from "../session/session";
import type { Cached, Identity } from "../store";
import { type LogPart, putInto, rangesWith, stepFor } from "../storedLog";
import {
  type Change,
  firstSeq,
  type MessageNow,
  type Pending,
  type Reaction,
  type Room,
  type RoomEvent,
  type RoomId,
  type Seq,
} from "../types";

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
  readonly keys = new Map<string, { room: RoomId; seq: Seq; text: string }>();
  connections: Connection[] = [];
  /** How many of the next messages are refused with a `retry_after`. */
  refusals = 0;
  /** Whether events are held back: then pages are newer than the stream. */
  lags = false;
  #clock = 0;
  /** What erased events were like before. */
  readonly #blanked = new Map<Record<string, unknown>, { erased: Seq; text: unknown; mentions: unknown }>();

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

  append(room: RoomId, user: number, kind: string, text = "", more: Record<string, unknown> = {}): Seq {
    const { log } = this.room(room);
    const event: Record<string, unknown> = {
      seq: log.length + 1,
      at: ++this.#clock,
      user,
      name: user === BOB ? "bob" : "eve",
      ...more,
    };
    if (kind !== "message") event["kind"] = kind;
    if (text !== "") event["text"] = text;
    log.push(event);
    this.pump();
    return log.length;
  }

  /** Change a message, or answer it in its thread, as far as that has an effect. `number` chooses the message and the change. */
  change(room: RoomId, user: number, number: number, text: string): void {
    const { log } = this.room(room);
    const messages = log.filter(isSaid);
    const target = messages.at(-1 - (number % Math.min(5, messages.length || 1)));
    if (target === undefined) return;
    const seq = target["seq"] as Seq;
    const now = this.present(room, seq, log.length).now ?? {};
    const thread = target["thread"] as Seq | undefined;
    const more = { target: seq, ...(thread === undefined ? {} : { thread }) };
    const kind = KINDS[number % KINDS.length] ?? "edited";
    if (kind === "reply") {
      const root = thread ?? seq;
      this.append(room, user, "message", text, { target: root, thread: root, ...(number % 2 ? { also: true } : {}) });
      return;
    }
    if (now.erased !== undefined) return;
    if (kind === "edited") this.append(room, user, kind, text, { ...more, mentions: [BOB] });
    else if (kind === "pinned") this.append(room, user, now.pinned === undefined ? "pinned" : "unpinned", "", more);
    else if (kind === "titled") this.append(room, user, kind, number % 2 ? text : "", more);
    else if (kind === "reacted") {
      const emoji = EMOJI[number % EMOJI.length] ?? "";
      const isOn = this.#reactors(room, seq, emoji, log.length).has(user);
      this.append(room, user, isOn ? "unreacted" : "reacted", emoji, more);
    } else {
      const about = { user: target["user"], name: "" };
      const erased = log.length + 1;
      for (const each of log) {
        if (each["seq"] !== seq && !(each["target"] === seq && BLANKED.has(String(each["kind"])))) continue;
        this.#blanked.set(each, { erased, text: each["text"], mentions: each["mentions"] });
        delete each["text"];
        delete each["mentions"];
        each["now"] = { erased };
      }
      this.append(room, user, "erased", "", { ...more, about });
    }
  }

  /** The present form of a message as of a seq, found by looking at the whole log. */
  present(room: RoomId, seq: Seq, asOf: Seq): Pick<RoomEvent, "text" | "now" | "mentions"> {
    const until = this.room(room).log.slice(0, asOf);
    const changes = until.filter((each) => each["target"] === seq && !isSaid(each));
    const of = (...kinds: string[]): Record<string, unknown>[] =>
      changes.filter((each) => kinds.includes(String(each["kind"])));
    const seqOf = (event: Record<string, unknown> | undefined): Seq => Number(event?.["seq"] ?? 0);
    const [edits, erased] = [of("edited"), of("erased").at(0)];
    const thread = until.filter((each) => each["thread"] === seq && isSaid(each));
    const isThere = (each: Record<string, unknown>): boolean =>
      !until.some((other) => other["kind"] === "erased" && other["target"] === each["seq"]);
    const pin = of("pinned", "unpinned").at(-1);
    const now: Record<string, unknown> = {
      edited: erased === undefined ? seqOf(edits.at(-1)) : 0,
      edits: erased === undefined ? edits.length : 0,
      erased: seqOf(erased),
      by: erased?.["user"] ?? 0,
      replies: thread.filter(isThere).length,
      last: seqOf(thread.at(-1)),
      pinned: erased === undefined && pin?.["kind"] === "pinned" ? seqOf(pin) : 0,
      title: erased === undefined ? (of("titled").at(-1)?.["text"] ?? "") : "",
      reactions: erased === undefined ? this.#reactions(room, seq, asOf) : [],
    };
    for (const [name, value] of Object.entries(now))
      if (value === 0 || value === "" || (Array.isArray(value) && value.length === 0)) delete now[name];
    const { text = "", mentions } = edits.at(-1) ?? this.room(room).log[seq - 1] ?? {};
    return {
      text: erased === undefined ? String(text) : "",
      ...(erased === undefined && mentions !== undefined ? { mentions: mentions as number[] } : {}),
      ...(Object.keys(now).length > 0 ? { now: now as MessageNow } : {}),
    };
  }

  #reactors(room: RoomId, seq: Seq, emoji: string, asOf: Seq): Set<unknown> {
    const users = new Set<unknown>();
    for (const each of this.room(room).log.slice(0, asOf)) {
      if (each["target"] !== seq || each["text"] !== emoji) continue;
      if (each["kind"] === "reacted") users.add(each["user"]);
      else if (each["kind"] === "unreacted") users.delete(each["user"]);
    }
    return users;
  }

  #reactions(room: RoomId, seq: Seq, asOf: Seq): Reaction[] {
    // In the order in which each emoji got its first user, counted anew after its last one was gone.
    const order: string[] = [];
    for (const each of this.room(room).log.slice(0, asOf)) {
      const emoji = String(each["text"]);
      if (each["target"] !== seq || !/reacted$/.test(String(each["kind"]))) continue;
      const users = this.#reactors(room, seq, emoji, Number(each["seq"]));
      if (users.size === 0) order.splice(order.indexOf(emoji), 1);
      else if (!order.includes(emoji)) order.push(emoji);
    }
    return order.map((emoji) => {
      const users = this.#reactors(room, seq, emoji, asOf);
      return { emoji, count: users.size, mine: users.has(BOB) };
    });
  }

  /** An event as a page in present form shows it. */
  #presented(room: RoomId, event: Record<string, unknown>): Record<string, unknown> {
    if (!isSaid(event)) return event;
    const { log } = this.room(room);
    const { text, mentions, now } = this.present(room, event["seq"] as Seq, log.length);
    if (now === undefined) return event;
    const reactions = now.reactions?.map(({ emoji, count, mine }) => [emoji, count, mine]);
    const shown = { ...now, ...(now.edited === undefined ? {} : { text, mentions }), reactions };
    const { text: _, mentions: __, ...bare } = event;
    return { ...(now.edited === undefined ? event : bare), now: shown };
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
    for (const event of room.log) {
      const before = this.#blanked.get(event);
      if (before === undefined || before.erased <= room.log.length) continue;
      const { text, mentions } = before;
      Object.assign(event, text === undefined ? {} : { text }, mentions === undefined ? {} : { mentions });
      delete event["now"];
    }
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
    if (this.lags) return;
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
      if (known !== undefined) send({ t: "stored", key, room: known.room, seq: known.seq });
      else if (this.refusals > 0) {
        this.refusals -= 1;
        send({ t: "error", code: "too_fast", message: "Later.", key, retry_after: 100 });
      } else if (String(frame["text"]).includes("\x07"))
        send({ t: "error", code: "text_invalid", message: "No.", key });
      else {
        const room = where as RoomId;
        const place = { room, seq: this.room(room).log.length + 1 };
        this.keys.set(String(key), { ...place, text: String(frame["text"]) });
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
      expect(frame["present"]).toBe(true);
      const { after } = frame;
      const before = (frame["before"] ?? log.length + 1) as Seq;
      const all = after === undefined ? log.slice(0, Math.max(0, before - 1)) : log.slice(after as Seq);
      const listed = all.filter(isListedIn);
      const page = after === undefined ? listed.slice(-limit) : listed.slice(0, limit);
      let [first, last] = [Number(all[0]?.["seq"] ?? before), Number(all.at(-1)?.["seq"] ?? before - 1)];
      if (page.length < listed.length) {
        if (after === undefined) first = Number(page[0]?.["seq"]);
        else last = Number(page.at(-1)?.["seq"]);
      }
      const events = page.map((event) => this.#presented(where as RoomId, event));
      const covered = { first, last, upto: log.length };
      send({ t: "page", id, room: where, epoch, events, more: page.length < listed.length, ...covered });
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
    const isThere = (seq: unknown): boolean =>
      !room.log.some((event) => event["kind"] === "erased" && event["target"] === seq);
    return room.log.slice(room.read).filter((event) => isSaid(event) && event["user"] !== BOB && isThere(event["seq"]))
      .length;
  }

  #shown(room: ServerRoom): Record<string, unknown> {
    const { id, name, epoch, read } = room;
    const shown = { id, name, kind: "public", topic: "", epoch, tip: room.log.length, members: 2, receipts: true };
    return { ...shown, read, unread: this.unread(room) };
  }
}

const KINDS = ["edited", "reacted", "reply", "pinned", "reacted", "titled", "edited", "erased"] as const;
const EMOJI = ["👍", "🎉"] as const;
/** The kinds of changes whose text is erased with their message. */
const BLANKED: ReadonlySet<string> = new Set(["edited", "reacted", "unreacted", "titled"]);

const isSaid = (event: Record<string, unknown>): boolean => event["kind"] === undefined;
/** Whether a page in present form lists an event of the log. */
export const isListedIn = (event: Record<string, unknown>): boolean =>
  isSaid(event) ? event["thread"] === undefined || event["also"] === true : event["target"] === undefined;

/** The stored data of a browser. */
class Disk {
  identity: Identity | null = null;
  readonly rooms = new Map<RoomId, Room>();
  readonly logs = new Map<
    RoomId,
    { epoch: string; spans: readonly SeqRange[]; end: Seq; events: Map<Seq, RoomEvent> }
  >();
  outbox: Pending[] = [];

  cached(): Cached {
    const rooms = [...this.rooms.values()].map((room) => {
      const log = this.logs.get(room.id);
      const held = {
        epoch: log?.epoch ?? room.epoch,
        spans: log?.spans ?? [],
        end: log?.end ?? 0,
      };
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
  /** What the store has read, and the session does not know yet. */
  readonly answers: (() => void)[] = [];
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
              this.#keep(effect.room, effect.part);
              tab.session.kept(effect.room, effect.part.epoch, effect.part.span[1], this.now);
            });
            break;
          case "read":
            tab.chores.push(() => {
              const log = this.disk.logs.get(effect.room);
              const isThere = log?.epoch === effect.epoch && covers(log.spans, [effect.from, effect.to]);
              const found: RoomEvent[] = [];
              for (let seq = effect.from; seq <= effect.to; seq++) {
                const event = log?.events.get(seq);
                if (event !== undefined) found.push(event);
              }
              // The answer comes later than the reading.
              tab.answers.push(() => tab.session.found(effect.page, isThere ? found : null, this.now));
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

  #keep(room: RoomId, part: LogPart): void {
    let log = this.disk.logs.get(room);
    const step = stepFor(part, log);
    if (step === "skip") return;
    if (log === undefined || step === "renew") log = { epoch: part.epoch, spans: [], end: 0, events: new Map() };
    this.disk.logs.set(room, log);
    putInto(log.events, part, log.end, BOB);
    log.spans = rangesWith(part, log);
    log.end = Math.max(log.end, part.end);
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
    const ready = tab.answers.splice(0);
    for (const chore of tab.chores.splice(0)) chore();
    for (const answer of ready) answer();
    if (some || ready.length > 0) this.perform(tab);
    return some || ready.length > 0;
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
    this.server.lags = false;
    this.server.pump();
    for (let round = 0; round < 5_000; round++) {
      let busy = false;
      for (let index = 0; index < this.tabs.length; index++) busy = this.step(index) || busy;
      if (!busy && this.disk.outbox.every((each) => each.state === "refused")) return;
      if (!busy) this.pass(50);
    }
    throw new Error("the tabs do not come to rest");
  }

  /** Compare a held message with what the log makes of it. */
  compare(room: RoomId, event: RoomEvent, asOf: Seq): void {
    expect(isChange(event)).toBe(false);
    const { text, mentions, now } = this.server.present(room, event.seq, asOf);
    const whole = this.server.present(room, event.seq, this.server.room(room).log.length).now;
    const { byName: _, ...held } = event.now ?? {};
    // The log has no text of a message that was erased later.
    if (whole?.erased !== undefined && now?.erased === undefined) return;
    expect({ seq: event.seq, text: event.text, mentions: event.mentions, now: held }).toEqual({
      seq: event.seq,
      text,
      mentions,
      now: now ?? {},
    });
  }

  /** Check that the tab's windows have no gaps, and show what the server has. */
  #check(tab: Tab): void {
    for (const { id, epoch } of tab.session.rooms) {
      const state = tab.session.state(id);
      const room = this.server.room(id);
      if (state === undefined || room.epoch !== epoch) continue;
      const { events, atTip } = state.log.window;
      const { first, last } = state.log;
      let at = Math.max(0, first - 1);
      for (const event of events) {
        // Between two events there are only such as are not listed.
        for (let seq = at + 1; seq < firstSeq(event); seq++) expect(isListedIn(room.log[seq - 1] ?? {})).toBe(false);
        for (let seq = firstSeq(event); event.run !== undefined && seq <= event.seq; seq++)
          if (isListedIn(room.log[seq - 1] ?? {})) expect(room.log[seq - 1]?.["kind"]).toMatch(/^(joined|left)$/);
        if (event.run === undefined && isSaid(room.log[event.seq - 1] ?? {}))
          this.compare(id, event, Math.max(uptoOf(event), state.end));
        at = event.seq;
      }
      for (let seq = at + 1; seq <= last; seq++) expect(isListedIn(room.log[seq - 1] ?? {})).toBe(false);
      if (atTip && events.length > 0) expect(state.log.last).toBeGreaterThanOrEqual(state.end);
    }
  }
}
