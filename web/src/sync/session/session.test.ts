// What againstModel.test.ts does not cover: sign-in, counts and marks, pages, members, and commands.
import fc from "fast-check";
import { expect, test } from "vitest";
import type { Effect } from "../effects";
import type { Change, Pending } from "../types";
import { Session } from "./session";

const BOB = 7;
const EVE = 9;
const LOBBY = 1;

type Frame = { readonly [name: string]: unknown };

/** A session, and what performs its effects. The store is empty at first, and each write to it ends at once. */
class Talk {
  readonly session = new Session({ random: () => 0, wall: () => 1_000_000 });
  now = 0;
  sent: Frame[] = [];
  changes: Change[] = [];
  dispatcher = new Map<number, unknown>();
  effects: Effect[] = [];
  /** `holds`: whether reads from the store wait until `reads` is called. `held`: the reads that wait. */
  holds = false;
  held: (Effect & { do: "read" })[] = [];

  constructor() {
    this.session.load(null, null, [], 0);
    this.perform();
  }

  /** Connect, receive the answer, and let a moment pass. */
  begin(...rooms: Frame[]): this {
    this.connect();
    return this.gets(ready(...rooms)).passes(500);
  }

  connect(): this {
    this.session.connecting();
    this.session.connected(this.now);
    return this.perform();
  }

  gets(...frames: Frame[]): this {
    for (const frame of frames) {
      this.session.receive(JSON.stringify(frame), this.now);
      this.perform();
    }
    return this;
  }

  passes(time: number): this {
    this.now += time;
    this.session.tick(this.now);
    return this.perform();
  }

  perform(): this {
    for (let effects = this.session.effects(); effects.length > 0; effects = this.session.effects()) {
      this.effects.push(...effects);
      for (const effect of effects) {
        if (effect.do === "transmit") this.sent.push({ ...effect.frame });
        else if (effect.do === "changed") this.changes.push(effect.change);
        else if (effect.do === "answer") this.dispatcher.set(effect.ticket, effect.answer);
        else if (effect.do === "keep") this.session.kept(effect.room, effect.part.epoch, effect.part.span[1], this.now);
        else if (effect.do === "read" && this.holds) this.held.push(effect);
        else if (effect.do === "read") this.session.found(effect.page, this.#stored(effect), this.now);
        else if (effect.do === "post" && effect.wanted) this.session.granted(this.now);
      }
    }
    return this;
  }

  /** Finish the reads of the store. */
  reads(): this {
    this.holds = false;
    for (const effect of this.held.splice(0)) this.session.found(effect.page, this.#stored(effect), this.now);
    return this.perform();
  }

  #stored({ room, from, to }: Effect & { do: "read" }) {
    const kept = this.effects.flatMap((effect) =>
      effect.do === "keep" && effect.room === room ? effect.part.events : [],
    );
    const found = new Map(kept.map((event) => [event.seq, event]));
    return [...found.values()].filter((event) => event.seq >= from && event.seq <= to).sort((a, b) => a.seq - b.seq);
  }

  /** The frames of a kind that were sent since the last call. */
  takes(kind: string): Frame[] {
    const taken = this.sent.filter((frame) => frame["t"] === kind);
    this.sent = this.sent.filter((frame) => frame["t"] !== kind);
    return taken;
  }

  /** Answer the last request of a kind. */
  answer(kind: string, answer: Frame): this {
    const [id] = this.takes(kind).map((frame) => frame["id"]);
    expect(id, kind).toBeDefined();
    return this.gets({ ...answer, id });
  }

  says(text: string, room = LOBBY): this {
    const pending: Pending = { key: `key of ${text}`, room, text, kind: "message", at: 0, state: "queued" };
    this.session.queued(pending, this.now);
    return this.perform();
  }

  room(id = LOBBY) {
    return this.session.state(id)?.room;
  }

  get hungUp(): boolean {
    return this.effects.some((effect) => effect.do === "hangup");
  }
}

function ready(...rooms: Frame[]): Frame {
  const limits = { frame_bytes: 16384, text_chars: 8000, name_chars: 32, topic_chars: 250, page: 200 };
  return { t: "ready", protocol: 1, server: "Parley", user: { id: BOB, name: "bob", role: "member" }, rooms, limits };
}

function lobby(tip: number, more: Frame = {}): Frame {
  return { id: LOBBY, name: "lobby", kind: "public", topic: "", epoch: "e1", tip, after: tip, members: 2, ...more };
}

function said(seq: number, more: Frame = {}): Frame {
  return { seq, at: seq, user: EVE, name: "eve", text: `said ${seq}`, ...more };
}

function events(...those: Frame[]): Frame {
  return { t: "events", room: LOBBY, events: those };
}

function page(first: number, last: number): Frame {
  const those = Array.from({ length: last - first + 1 }, (_, index) => said(first + index));
  return { t: "page", room: LOBBY, epoch: "e1", events: those, more: first > 1 };
}

test("a new guest offers the same token until the server has answered", () => {
  const credentials = { name: "bob", newToken: "a token of its own" };
  const session = new Session({ random: () => 0.5, wall: () => 0, credentials });
  const hellos = (): unknown[] =>
    session.effects().flatMap((effect) => (effect.do === "transmit" ? [effect.frame] : []));
  session.load(null, null, [], 0);
  for (let now = 0; now < 3; now += 1) {
    session.connecting();
    session.connected(now);
    expect(hellos()).toEqual([{ t: "hello", protocol: 1, name: "bob", new_token: "a token of its own" }]);
    session.lost(now);
  }
});

test("without a user the session is out, and finds out what the server demands", () => {
  const open = new Talk().connect().gets({ ...ready(), user: null });
  expect(open.session.connection).toEqual({ state: "out", problem: null, access: "open" });
  expect(open.session.connectAt).toBeNull();
  for (const [code, access] of [
    ["name_invalid", "invite"],
    ["sign_in_needed", "members"],
  ]) {
    const talk = new Talk().connect().gets({ t: "error", code: "name_needed", message: "" });
    expect(talk.takes("hello").at(-1)).toEqual({ t: "hello", protocol: 1, name: " " });
    talk.gets({ t: "error", code, message: "" });
    expect(talk.session.connection).toEqual({ state: "out", problem: null, access });
  }
});

test("after the end of a session no data is shown, and the client does not reconnect", () => {
  const talk = new Talk().begin(lobby(3));
  talk.gets(
    { t: "error", code: "session_unknown", message: "This session has ended." },
    { t: "bye", reason: "session" },
  );
  expect(talk.session.connection).toMatchObject({ state: "out", problem: { code: "session_unknown" } });
  expect(talk.session.rooms).toEqual([]);
  expect(talk.session.me).toBeNull();
  expect(talk.session.connectAt).toBeNull();
});

test("another user signs in: no data of the previous user is left", () => {
  const talk = new Talk().begin(lobby(3)).says("mine");
  talk.session.identityChanged(talk.now);
  talk.perform().connect();
  expect(talk.takes("hello").at(-1)).toEqual({ t: "hello", protocol: 1 });
  talk.gets({ ...ready(), user: { id: EVE, name: "eve" } });
  expect(talk.session.rooms).toEqual([]);
  expect(talk.session.outbox.all).toEqual([]);
});

test("unread is the server's count plus later messages", () => {
  const talk = new Talk().begin(lobby(10, { read: 7, unread: 3, mentions: 1 }));
  expect(talk.room()).toMatchObject({ unread: 3, mentions: 1 });
  talk.gets(events(said(11, { mentions: [BOB] }), said(12, { user: BOB }), said(13), said(14, { mentions: [0] })));
  expect(talk.room()).toMatchObject({ unread: 6, mentions: 3 });
  // Read on another device up to 11; the server counted when the tip was 13.
  talk.gets({ t: "unread", room: LOBBY, read: 11, upto: 13, unread: 1 });
  expect(talk.room()).toMatchObject({ read: 11, unread: 2, mentions: 1 });
});

test("an erasure and an edit change what is unread, before and after the server has counted", () => {
  const talk = new Talk().begin(lobby(10, { read: 7, unread: 3, mentions: 1 }));
  const change = (seq: number, kind: string, target: number, more: Frame = {}): Frame =>
    said(seq, { kind, target, text: "", about: { user: EVE, name: "eve" }, ...more });
  talk.gets(events(said(11, { mentions: [BOB] }), said(12), change(13, "erased", 9), change(14, "erased", 11)));
  expect(talk.room()).toMatchObject({ unread: 3, mentions: 1 });
  talk.gets(events(change(15, "edited", 12, { text: "bob!", mentions: [BOB] })));
  expect(talk.room()).toMatchObject({ unread: 3, mentions: 2 });
  talk.gets(events(change(16, "edited", 12, { text: "nobody" }), change(17, "reacted", 12, { text: "👍" })));
  expect(talk.room()).toMatchObject({ unread: 3, mentions: 1 });
  // Read messages, own messages, and what the server has counted without them already change nothing.
  talk.gets(events(change(18, "erased", 5), change(19, "erased", 8, { about: { user: BOB, name: "bob" } })));
  talk.gets({ t: "unread", room: LOBBY, read: 7, upto: 20, unread: 1 }, events(change(20, "erased", 10)));
  expect(talk.room()).toMatchObject({ unread: 1, mentions: 0 });
  // Raw messages that were erased later are not counted.
  talk.gets(events(said(21, { text: "", now: { erased: 22 } }), change(22, "erased", 21)));
  expect(talk.room()).toMatchObject({ unread: 1 });
});

test("an edit calls whom it mentions for the first time, once, and nobody who has read the message", () => {
  const talk = new Talk().begin(lobby(10, { read: 10 }));
  const edit = (seq: number, target: number, ...mentions: number[]): Frame =>
    said(seq, { kind: "edited", target, text: "better", mentions });
  talk.gets(events(said(11), said(12, { mentions: [BOB] })), events(edit(13, 11, BOB), edit(14, 11, BOB)));
  talk.gets(events(edit(15, 12, BOB), edit(16, 9, BOB), said(17)));
  const arrived = talk.changes.flatMap((change) => (change.what === "arrived" ? [change] : []));
  expect(arrived.filter(({ mentioned }) => mentioned).map(({ event }) => event.seq)).toEqual([12, 13]);
});

test("after a gap in the stream nothing that is held is trusted", () => {
  const talk = new Talk().begin(lobby(10, { read: 10 })).answer("history", page(1, 10));
  talk.session.open(LOBBY, "newest", 1);
  talk.perform();
  talk.session.state(LOBBY)?.aside.put(2, undefined);
  talk.session.lost(talk.now);
  talk.perform().now += 60_000;
  talk.begin(lobby(900, { after: 900, read: 900 }));
  expect(talk.session.state(LOBBY)?.spans).toEqual([]);
  expect(talk.session.state(LOBBY)?.aside.get(2)).toBeUndefined();
  expect(talk.takes("history").at(-1)).toMatchObject({ room: LOBBY, present: true });
});

test("read marks are sent once a second at most, and counted at once if possible", () => {
  const talk = new Talk().begin(lobby(10, { read: 10 })).gets(events(said(11), said(12), said(13)));
  for (const seq of [11, 12]) {
    talk.session.read(LOBBY, seq, talk.now);
    talk.perform();
  }
  expect(talk.room()).toMatchObject({ read: 12, unread: 1 });
  expect(talk.takes("read")).toEqual([{ t: "read", room: LOBBY, seq: 11 }]);
  expect(talk.passes(1_000).takes("read")).toEqual([{ t: "read", room: LOBBY, seq: 12 }]);
  expect(talk.passes(5_000).takes("read")).toEqual([]);
});

test("read marks from offline are sent after reconnecting", () => {
  const talk = new Talk().begin(lobby(10, { read: 8, unread: 2 }));
  talk.session.lost(talk.now);
  talk.session.read(LOBBY, 10, talk.now);
  expect(talk.perform().room()).toMatchObject({ read: 10, unread: 0 });
  talk.now += 1_000;
  talk.begin(lobby(10, { read: 8, unread: 2 }));
  expect(talk.room()).toMatchObject({ read: 10, unread: 0 });
  expect(talk.takes("read")).toEqual([{ t: "read", room: LOBBY, seq: 10 }]);
});

test("a receipt is not sent while earlier events are missing", () => {
  const talk = new Talk().begin(lobby(500, { read: 300, unread: 200, receipts: true }));
  talk.gets(events(said(501)));
  expect(talk.takes("got")).toEqual([]);
  talk.answer("history", page(301, 500));
  expect(talk.takes("got")).toEqual([{ t: "got", room: LOBBY, seq: 501 }]);
});

test("rooms without receipts send none", () => {
  const talk = new Talk().begin(lobby(1)).gets(events(said(2)));
  expect(talk.passes(2_000).takes("got")).toEqual([]);
});

test("a room opens around the first unread message", () => {
  const talk = new Talk().begin(lobby(500, { read: 299, unread: 200 }));
  talk.takes("history");
  talk.session.open(LOBBY, "unread", 5);
  expect(talk.perform().takes("history")).toMatchObject([{ before: 351, limit: 100 }]);
  talk.session.receive(JSON.stringify({ ...page(251, 350), id: "r2" }), talk.now);
  talk.perform();
  expect(talk.dispatcher.get(5)).toEqual({ ok: true, value: { seq: 300 } });
  const window = talk.session.state(LOBBY)?.log.window;
  expect([window?.atStart, window?.atTip, window?.events.length]).toEqual([false, false, 100]);
});

test("events that arrive while a room opens are at its end", () => {
  const talk = new Talk().begin(lobby(200, { read: 200 })).answer("history", page(1, 200));
  talk.holds = true;
  talk.session.open(LOBBY, "newest", 1);
  talk
    .perform()
    .gets(events(said(201)))
    .reads();
  const window = talk.session.state(LOBBY)?.log.window;
  expect([window?.atTip, window?.events.at(-1)?.seq, window?.events.length]).toEqual([true, 201, 101]);
});

test("a page for an earlier open is not shown", () => {
  const talk = new Talk().begin(lobby(400, { read: 400 })).answer("history", page(201, 400));
  talk.session.open(LOBBY, { seq: 50 }, 1); // from the server
  talk.perform();
  talk.session.open(LOBBY, "newest", 2); // from the store
  talk.perform().answer("history", page(1, 100));
  expect(talk.dispatcher.get(1)).toMatchObject({ ok: false, problem: { code: "cancelled" } });
  expect(talk.session.state(LOBBY)?.log.last).toBe(400);
});

test("of two opens the later one counts", () => {
  const talk = new Talk().connect();
  talk.session.open(LOBBY, "newest", 1);
  talk.session.open(LOBBY, { seq: 2 }, 2);
  expect(talk.perform().dispatcher.get(1)).toMatchObject({ ok: false, problem: { code: "cancelled" } });
  talk.gets(ready(lobby(3)));
  talk.dispatcher.clear();
  const asked = talk.takes("history");
  for (const { id } of asked) talk.gets({ ...page(1, 3), id });
  expect(talk.dispatcher.get(2)).toEqual({ ok: true, value: { seq: 2 } });
});

test("stored events of a replaced history are not shown", () => {
  const talk = new Talk().begin(lobby(200, { read: 200 })).answer("history", page(1, 200));
  talk.holds = true;
  talk.session.open(LOBBY, "newest", 1);
  talk.perform().session.lost(talk.now);
  talk.perform().connect();
  talk.gets(ready(lobby(3, { epoch: "e2" }))).sent = [];
  expect(talk.reads().session.state(LOBBY)?.log.window.events).toEqual([]);
  talk.answer("history", { ...page(1, 3), epoch: "e2" });
  expect(talk.session.state(LOBBY)?.log.window.events.map((event) => event.seq)).toEqual([1, 2, 3]);
  expect(talk.dispatcher.get(1)).toEqual({ ok: true, value: { seq: null } });
});

test("shown rooms load before pages in advance", () => {
  const talk = new Talk().connect().gets(ready(lobby(400, { read: 400 }), { ...lobby(300), id: 2 }));
  expect(talk.takes("history")).toEqual([]);
  talk.gets({ t: "joined", room: { ...lobby(300), id: 3, name: "den" } });
  expect(talk.takes("history")).toEqual([]);
  talk.session.open(LOBBY, "newest", 1);
  talk.perform().answer("history", page(301, 400));
  expect(talk.dispatcher.get(1)).toEqual({ ok: true, value: { seq: null } });
  // Then pages are loaded in advance, except those that are there already.
  expect(talk.passes(500).takes("history")).toMatchObject([{ room: 2, before: 301 }]);
});

test("a room that was closed a moment ago opens at once, with new events", () => {
  const talk = new Talk().begin(lobby(200, { read: 200 })).answer("history", page(1, 200));
  talk.session.open(LOBBY, "newest", 1);
  talk.perform().session.close(LOBBY);
  talk.perform().gets(events(said(201)));
  talk.holds = true; // reads of the store wait
  talk.sent = [];
  talk.session.open(LOBBY, "unread", 2);
  expect(talk.perform().dispatcher.get(2)).toEqual({ ok: true, value: { seq: 201 } });
  expect([talk.held, talk.takes("history")]).toEqual([[], []]);
  const window = talk.session.state(LOBBY)?.log.window;
  expect([window?.atTip, window?.events.at(-1)?.seq, window?.events.length]).toEqual([true, 201, 101]);
  // A page is loaded if the window was not at the end of the log, or if the room is opened at an event.
  talk.reads().session.open(LOBBY, { seq: 50 }, 3);
  talk.perform().session.close(LOBBY);
  talk.perform().holds = true;
  talk.session.open(LOBBY, "newest", 4);
  expect(talk.perform().held).toHaveLength(1);
});

test("the window of a closed room does not grow without limit", () => {
  const talk = new Talk().begin(lobby(200, { read: 200 })).answer("history", page(1, 200));
  talk.session.open(LOBBY, "newest", 1);
  talk.perform().session.close(LOBBY);
  for (let seq = 201; seq <= 1_000; seq += 1) talk.gets(events(said(seq)));
  const log = talk.session.state(LOBBY)?.log;
  expect(log?.window.events.length).toBeLessThanOrEqual(300);
  expect([log?.last, log?.window.atTip]).toEqual([1_000, true]);
  // Unread events that were dropped are loaded.
  talk.session.open(LOBBY, "unread", 2);
  expect(talk.perform().dispatcher.get(2)).toEqual({ ok: true, value: { seq: 201 } });
});

test("the windows of the last four closed rooms are kept", () => {
  const rooms = [1, 2, 3, 4, 5].map((id) => ({ ...lobby(1, { read: 1 }), id, name: `room ${id}` }));
  const talk = new Talk().begin(...rooms);
  const isThere = (): boolean[] => rooms.map(({ id }) => talk.session.state(id)?.log.isEmpty === false);
  for (const { id } of rooms) {
    talk.session.open(id, "newest", id);
    talk.perform();
    for (const asked of talk.takes("history")) talk.gets({ ...page(1, 1), room: asked["room"], id: asked["id"] });
    talk.session.close(id);
    talk.perform();
  }
  expect(isThere()).toEqual([false, true, true, true, true]);
  // If events after the window are missing, or the epoch is another one, the window is cleared.
  talk.session.lost(talk.now);
  talk.perform().now += 60_000;
  talk.begin(lobby(1), { ...lobby(900, { after: 900 }), id: 2 }, { ...lobby(1, { epoch: "e2" }), id: 3 });
  expect(isThere().slice(1, 3)).toEqual([false, false]);
});

test("a room that can not be shown offline is shown after reconnecting", () => {
  const talk = new Talk();
  talk.session.open(LOBBY, "newest", 1);
  talk.session.connecting();
  talk.session.lost(talk.now);
  expect(talk.perform().dispatcher.get(1)).toMatchObject({ ok: false, problem: { code: "offline" } });
  talk.now += 1_000;
  talk.begin(lobby(3));
  for (const { id } of talk.takes("history")) talk.gets({ ...page(1, 3), id });
  expect(talk.session.state(LOBBY)?.log.last).toBe(3);
});

test("a stored message is shown until its event arrives, and only once", () => {
  const talk = new Talk().begin(lobby(3)).says("one");
  talk.gets({ t: "stored", key: "key of one", room: LOBBY, seq: 4 });
  expect(talk.session.outbox.of(LOBBY)).toHaveLength(1);
  talk.gets(events(said(4, { user: BOB, text: "one" })));
  expect(talk.session.outbox.of(LOBBY)).toHaveLength(0);
  talk.says("two").gets(events(said(5, { user: BOB, text: "two" })));
  expect(talk.session.outbox.of(LOBBY)).toHaveLength(0);
  expect(talk.session.outbox.all).toHaveLength(1); // it stays, as the server has not confirmed that it is stored
});

test("a message that is too long for a frame is refused by the client", () => {
  const talk = new Talk().begin(lobby(3)).says("漢".repeat(8_000)).says("short");
  expect(talk.session.outbox.of(LOBBY)[0]).toMatchObject({ state: "refused", problem: { code: "frame_too_long" } });
  expect(talk.takes("send")).toMatchObject([{ text: "short" }]);
});

test("slow mode delays its room only", () => {
  const tea = { ...lobby(3), id: 2, name: "tea" };
  const talk = new Talk().begin(lobby(3), tea).says("one").says("two", 2);
  talk.gets({ t: "error", code: "slow", message: "Slowly.", key: "key of one", retry_after: 30_000 });
  talk.gets({ t: "stored", key: "key of two", room: 2, seq: 4 }).takes("send");
  expect(talk.says("three", 2).takes("send")).toMatchObject([{ room: 2, text: "three" }]);
  expect(talk.session.outbox.of(LOBBY)[0]).toMatchObject({ state: "queued", problem: { retryAfter: 30_000 } });
  expect(talk.passes(31_000).takes("send")).toMatchObject([{ room: LOBBY, text: "one" }]);
});

test("members follow events and signals", () => {
  const talk = new Talk().begin(lobby(3, { receipts: true }));
  talk.session.wantMembers(LOBBY);
  talk.perform().answer("members", {
    t: "members",
    room: LOBBY,
    members: [
      { id: BOB, name: "bob", online: true, got: 3, read: 3 },
      { id: EVE, name: "eve", online: true, got: 3, read: 1 },
    ],
  });
  talk.gets(
    { t: "signal", kind: "presence", room: LOBBY, user: EVE, name: "eve", online: false },
    { t: "marks", room: LOBBY, marks: [[EVE, 3, 3]] },
    events(said(4, { kind: "renamed", text: "eva" }), { seq: 5, at: 5, user: 11, name: "tom", kind: "joined" }),
  );
  expect(talk.session.state(LOBBY)?.members).toMatchObject([
    { name: "bob" },
    { name: "eva", online: false, read: 3 },
    { name: "tom" },
  ]);
  expect(talk.takes("members")).toHaveLength(1); // the event has only the name of tom, so the members are loaded again
  talk.gets(events(said(6, { kind: "kicked", about: { user: EVE, name: "eva" } })));
  expect(talk.session.state(LOBBY)?.members?.map((member) => member.name)).toEqual(["bob", "tom"]);
  expect(talk.room()?.members).toBe(2);
});

test("typing ends after a while, or with the message", () => {
  const talk = new Talk().begin(lobby(3));
  const signal = { t: "signal", kind: "typing", room: LOBBY, user: EVE, name: "eve" };
  expect(talk.gets(signal).session.state(LOBBY)?.typing).toEqual(["eve"]);
  expect(talk.passes(6_000).session.state(LOBBY)?.typing).toEqual([]);
  expect(talk.gets(signal, events(said(4))).session.state(LOBBY)?.typing).toEqual([]);
});

test("a silent server gets a ping, and is given up without an answer", () => {
  const talk = new Talk().begin(lobby(3));
  talk.passes(25_000);
  expect(talk.takes("unwatch")).toHaveLength(1);
  expect(talk.hungUp).toBe(false);
  talk.passes(10_000);
  expect(talk.hungUp).toBe(true);
  expect(talk.session.connection.state).toBe("waiting");
});

test("when the browser reports no network, the server has a moment to answer", () => {
  const talk = new Talk().begin(lobby(3));
  talk.session.doubt(talk.now);
  const [ping] = talk.perform().takes("unwatch");
  talk.passes(2_000).gets({ t: "done", id: ping?.["id"] }).passes(2_000);
  expect(talk.session.connection.state).toBe("online");
  talk.session.doubt(talk.now);
  talk.perform().passes(2_500);
  expect(talk.session.connection.state).toBe("waiting");
});

test("changed profiles are shown, also the user's own", () => {
  const talk = new Talk().begin(lobby(3));
  const profile = (user: number) => ({ t: "signal", kind: "profile", room: LOBBY, user, name: "x" });
  const list = (bob: string, eve: string) => [
    { id: BOB, name: "bob", display: bob },
    { id: EVE, name: "eve", display: eve },
  ];
  // The members are not shown: nothing is loaded.
  expect(talk.gets(profile(EVE)).takes("members")).toHaveLength(0);
  talk.session.wantMembers(LOBBY);
  talk.perform().answer("members", { t: "members", room: LOBBY, members: list("", "") });
  // Many changes cause one request in flight and one after it.
  talk.gets(profile(EVE), profile(EVE), profile(BOB));
  talk.answer("members", { t: "members", room: LOBBY, members: list("", "Eve") });
  talk.answer("members", { t: "members", room: LOBBY, members: list("Bob", "Eve") });
  expect(talk.session.state(LOBBY)?.members?.map((each) => each.display)).toEqual(["Bob", "Eve"]);
  expect(talk.session.me?.display).toBe("Bob");
  expect(talk.takes("members")).toHaveLength(0);
});

test("only live events are announced, and those of a short break", () => {
  const talk = new Talk().begin(lobby(3, { after: 2 })).gets(events(said(3), said(4)));
  const arrived = () => talk.changes.flatMap((change) => (change.what === "arrived" ? [change.event.seq] : []));
  expect(arrived()).toEqual([4]);
  talk.session.lost(talk.now);
  talk.now += 1_000;
  talk.begin(lobby(5, { after: 4, read: 4, unread: 1 })).gets(events(said(5)));
  expect(arrived()).toEqual([4, 5]);
});

test("a guest joins a room again; an account was removed from it", () => {
  for (const role of ["guest", "member"]) {
    const user = { id: BOB, name: "bob", ...(role === "guest" ? {} : { role }) };
    const talk = new Talk().connect().gets({ ...ready(lobby(3)), user });
    talk.session.lost(talk.now);
    talk.now += 1_000;
    talk
      .says("one")
      .connect()
      .gets({ ...ready(), user });
    if (role === "member") {
      expect(talk.session.rooms).toEqual([]);
      continue;
    }
    expect(talk.takes("send")).toEqual([]); // messages wait until the room is joined again
    talk.answer("join", { t: "joined", room: lobby(4, { after: 3 }) });
    expect(talk.takes("send")).toMatchObject([{ text: "one" }]);
  }
});

test("if too many events were missed, rooms are streamed from their end", () => {
  const talk = new Talk().begin(lobby(3), { ...lobby(3), id: 2, name: "tea" });
  talk.session.lost(talk.now);
  talk.now += 1_000;
  talk.begin(lobby(30_000, { after: 3 }), { ...lobby(10), id: 2, name: "tea", after: 3 });
  expect(talk.session.connection.state).toBe("connecting");
  expect(talk.connect().takes("hello").at(-1)?.["seen"]).toEqual([{ room: 2, epoch: "e1", seq: 3 }]);
  talk.gets(ready(lobby(30_000), { ...lobby(10), id: 2, name: "tea", after: 3 }));
  expect(talk.session.connection.state).toBe("online");
});

test("there are at most two hellos, however many events were missed", () => {
  const tips = fc.array(fc.integer({ min: 10, max: 40_000 }), { minLength: 1, maxLength: 30 });
  fc.assert(
    fc.property(tips, (ends) => {
      const room = (id: number, tip: number, after: number): Frame => ({ ...lobby(tip), id, name: `r${id}`, after });
      const talk = new Talk().begin(...ends.map((_, at) => room(at + 1, 10, 10)));
      talk.takes("hello");
      talk.session.lost(talk.now);
      let hellos = 0;
      while (talk.perform().session.connectAt !== null && hellos < 5) {
        talk.connect();
        const [hello] = talk.takes("hello");
        hellos += 1;
        const told = (hello?.["seen"] ?? []) as { room: number; seq: number }[];
        const seen = new Map(told.map((each) => [each.room, each.seq]));
        talk.gets(ready(...ends.map((tip, at) => room(at + 1, tip, seen.get(at + 1) ?? tip))));
      }
      expect(talk.session.connection.state).toBe("online");
      expect(hellos).toBeLessThanOrEqual(2);
    }),
  );
});

test("an unknown answer to the hello keeps the data shown, with a delay before the next attempt", () => {
  const talk = new Talk().begin(lobby(3));
  talk.session.lost(talk.now);
  talk.perform().connect().gets({ t: "error", code: "from_the_future", message: "Not today." });
  expect(talk.session.connection).toMatchObject({ state: "waiting", reason: "Not today." });
  expect(talk.session.rooms).toHaveLength(1);
  talk.now = talk.session.connectAt ?? 0;
  talk.connect().gets(ready(lobby(3)), { t: "bye", reason: "stopping", retry_after: -5 });
  expect((talk.session.connectAt ?? 0) - talk.now).toBeGreaterThanOrEqual(250);
});

/** The page that the server answers with for a lobby of five messages, 20,000 joins and no more. */
const crowded = (): Frame => {
  const newest = [19_999, 20_000, 20_001].map((seq) => ({ ...said(seq + 4), kind: "joined" }));
  return { ...page(1, 5), runs: [{ first: 6, last: 20_005, newest }] };
};

test("a room whose newest events are joins opens at its end with what was said, by one request", () => {
  const talk = new Talk().begin(lobby(20_005, { read: 20_005, members: 20_000 }));
  talk.takes("history");
  talk.session.open(LOBBY, "newest", 1);
  const asked = talk.perform().takes("history");
  expect(asked).toMatchObject([{ fold: true, limit: 100 }]);
  talk.gets({ ...crowded(), id: asked[0]?.["id"] });
  const window = talk.session.state(LOBBY)?.log.window;
  expect([window?.atStart, window?.atTip, window?.events.length]).toEqual([true, true, 6]);
  expect(window?.events.map((event) => event.text).slice(0, 5)).toEqual([1, 2, 3, 4, 5].map((seq) => `said ${seq}`));
  expect(talk.perform().takes("history")).toEqual([]);
});

test("joins that arrive live become one entry, and the messages before them stay in the window", () => {
  const talk = new Talk().begin(lobby(5, { read: 5 })).answer("history", page(1, 5));
  talk.session.open(LOBBY, "newest", 1);
  talk.perform();
  for (let seq = 6; seq <= 9_000; seq += 1) talk.gets(events({ ...said(seq), kind: "joined" }));
  const window = talk.session.state(LOBBY)?.log.window;
  expect([window?.atStart, window?.atTip]).toEqual([true, true]);
  expect(window?.events.length).toBeLessThan(40);
  expect(talk.session.state(LOBBY)?.log.last).toBe(9_000);
});

test("beyond a run that the store has, the server is asked for what was said before", () => {
  const talk = new Talk().begin(lobby(5_000, { read: 5_000 }));
  talk.takes("history");
  for (let seq = 5_001; seq <= 5_400; seq += 1) talk.gets(events({ ...said(seq), kind: "joined" }));
  talk.session.open(LOBBY, "newest", 1);
  expect(talk.perform().takes("history")).toMatchObject([{ before: 5_301, fold: true }]);
});
