// How the engine uses its ports.
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { MemoryStore } from "../store";
import type { Pending, Room, Seq, UserId } from "../types";
import { createEngine, type TabStorage } from "./engine";
import type { SocketEvents } from "./socket";
import { SingleTab } from "./tabs";

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

class CountingStore extends MemoryStore {
  kept: Seq[][] = [];
  users = new Set<UserId>();

  override async keep(...args: Parameters<MemoryStore["keep"]>): Promise<void> {
    this.users.add(args[0]);
    this.kept.push(args[2].events.map((event) => event.seq));
    return super.keep(...args);
  }
}

/** A store that stores some messages, refuses some, and never answers for others. */
class MoodyStore extends CountingStore {
  override readonly lasting = true;
  refuses = (_: string): boolean => false;
  hangs = (_: string): boolean => false;

  override async queue(user: UserId, pending: Pending): Promise<void> {
    if (this.refuses(pending.text)) throw new Error("It is full.");
    if (this.hangs(pending.text)) return new Promise(() => undefined);
    return super.queue(user, pending);
  }
}

/** The storage of a tab that is reloaded. */
class Tab implements TabStorage {
  readonly #kept = new Map<UserId, readonly Pending[]>();
  hide: () => void = () => undefined;
  isAsked: () => boolean = () => false;

  keep(user: UserId, messages: readonly Pending[]): void {
    this.#kept.set(user, messages);
  }

  take(user: UserId): readonly Pending[] {
    const found = this.#kept.get(user) ?? [];
    this.#kept.delete(user);
    return found;
  }
}

/** An engine in a room with ten events, and its server. */
async function begun<S extends MemoryStore = CountingStore>(store: S = new CountingStore() as unknown as S) {
  const sent: { t: string; text: string; key: string }[] = [];
  const tab = new Tab();
  let events: SocketEvents | undefined;
  let randomness = 0;
  const engine = createEngine({
    tabStorage: tab,
    onHide: (hide) => {
      tab.hide = hide;
    },
    onLeave: (isAsked) => {
      tab.isAsked = isAsked;
    },
    connect: (made) => {
      events = made;
      return { send: (data) => sent.push(JSON.parse(data) as (typeof sent)[number]), close: () => undefined };
    },
    store,
    tabs: new SingleTab(),
    now: () => performance.now(),
    wall: () => Date.now(),
    random: () => 0,
    randomBytes: (bytes) => {
      randomness += 1;
      return bytes.fill(randomness);
    },
  });
  engine.start();
  await vi.advanceTimersByTimeAsync(1);
  const hears = (frame: object): void => events?.heard(JSON.stringify(frame));
  const welcomes = async (id: UserId, tip: Seq): Promise<void> => {
    events?.opened();
    const limits = { frame_bytes: 16384, text_chars: 8000, name_chars: 32, topic_chars: 250, page: 200 };
    const lobby = { id: 1, name: "lobby", kind: "public", topic: "", epoch: "e1", tip, after: tip, members: 2 };
    hears({ t: "ready", protocol: 1, server: "Parley", user: { id, name: `u${id}` }, rooms: [lobby], limits });
    await vi.advanceTimersByTimeAsync(1);
  };
  await welcomes(7, 10);
  const says = (seq: Seq): void =>
    hears({ t: "events", room: 1, events: [{ seq, at: seq, user: 9, name: "eve", text: `${seq}` }] });
  const texts = (): string[] => sent.filter(({ t }) => t === "send").map(({ text }) => text);
  const stores = (): void => {
    const last = sent.findLast(({ t }) => t === "send");
    hears({ t: "stored", key: last?.key, room: 1, seq: 10, at: 1 });
  };
  const drops = (): void => events?.closed(null);
  return { engine, store, says, hears, welcomes, drops, sent, texts, stores, tab };
}

test("many events are stored in a few writes, each once and in order", async () => {
  const { store, says } = await begun();
  for (let seq = 11; seq <= 210; seq += 1) {
    says(seq);
    await vi.advanceTimersByTimeAsync(5);
  }
  await vi.advanceTimersByTimeAsync(500);
  expect(store.kept.length).toBeLessThan(10);
  expect(store.kept.flat()).toEqual(Array.from({ length: 200 }, (_, index) => 11 + index));
});

test("of changes made offline only the last wishes are sent, and the server's answer ends them", async () => {
  const { engine, store, hears, welcomes, drops, sent } = await begun();
  drops();
  for (const kind of ["react", "unreact", "react"] as const) engine.change(1, 5, kind, "👍");
  engine.change(1, 6, "edit", "first");
  engine.change(1, 6, "edit", "second");
  await vi.advanceTimersByTimeAsync(1);
  engine.change(1, 6, "erase", "");
  engine.change(1, 7, "edit", "too late");
  await vi.advanceTimersByTimeAsync(10);
  expect((await store.outbox(7)).map(({ kind, target }) => [kind, target])).toEqual([
    ["react", 5],
    ["erase", 6],
    ["edit", 7],
  ]);
  sent.length = 0;
  engine.start();
  await welcomes(7, 10);
  await vi.advanceTimersByTimeAsync(10);
  const frames = sent.filter(({ key }) => key !== undefined) as unknown as Record<string, unknown>[];
  expect(frames).toMatchObject([
    { t: "react", seq: 5, emoji: "👍", on: true },
    { t: "erase", seq: 6 },
    { t: "edit", seq: 7, text: "too late" },
  ]);
  const [react, erase, edit] = frames.map((frame) => frame["id"]);
  expect([react, erase, edit]).toEqual(frames.map((frame) => frame["key"]));
  // Nothing has changed; the event is still to come; the server refuses.
  hears({ t: "done", id: react, room: 1, seq: 9 });
  hears({ t: "done", id: erase, room: 1, seq: 11 });
  hears({ t: "error", id: edit, code: "message_deleted", message: "The message was deleted." });
  expect(engine.outbox(1).map(({ kind, state }) => [kind, state])).toEqual([
    ["erase", "sending"],
    ["edit", "refused"],
  ]);
  const erased = { seq: 11, at: 1, user: 7, name: "u7", kind: "erased", target: 6 };
  hears({ t: "events", room: 1, events: [erased] });
  expect(engine.outbox(1).map(({ kind }) => kind)).toEqual(["edit"]);
});

test("a message that was never sent is written differently in the outbox", async () => {
  const { engine, store, welcomes, drops, texts } = await begun();
  drops();
  engine.send(1, "tpyo");
  expect(engine.isWriting(1)).toBe(true);
  await vi.advanceTimersByTimeAsync(1);
  expect(engine.isWriting(1)).toBe(false);
  const [{ key = "" } = {}] = engine.outbox(1);
  expect(engine.canRewrite(key)).toBe(true);
  engine.rewrite(key, "typo");
  await vi.advanceTimersByTimeAsync(1);
  expect((await store.outbox(7)).map(({ text }) => text)).toEqual(["typo"]);
  engine.start();
  await welcomes(7, 10);
  await vi.advanceTimersByTimeAsync(10);
  expect(texts()).toEqual(["typo"]);
  // The server may have it.
  expect(engine.canRewrite(key)).toBe(false);
  drops();
  expect(engine.canRewrite(key)).toBe(false);
});

test("a single event is stored at once", async () => {
  const { store, says } = await begun();
  says(11);
  expect(store.kept).toEqual([[11]]);
  await vi.advanceTimersByTimeAsync(1_000);
  says(12);
  expect(store.kept).toEqual([[11], [12]]);
});

test("events of one user are not stored for the next user", async () => {
  const { engine, store, says, hears, welcomes } = await begun();
  says(11);
  says(12); // not stored yet: it waits for further events
  hears({ t: "error", code: "session_unknown", message: "This session has ended." });
  hears({ t: "bye", reason: "session" });
  engine.identityChanged();
  await vi.advanceTimersByTimeAsync(1);
  await welcomes(8, 20);
  says(21);
  await vi.advanceTimersByTimeAsync(1_000);
  expect(store.kept).toEqual([[11], [21]]);
  expect([...store.users]).toEqual([7, 8]);
});

test("messages that are not stored are sent in order, and marked as such", async () => {
  const store = new MoodyStore();
  store.refuses = (text) => text === "one" || text === "three";
  const { engine, tab, texts, stores } = await begun(store);
  for (const text of ["one", "two", "three", "four"]) engine.send(1, text);
  await vi.advanceTimersByTimeAsync(1);
  expect(engine.outbox(1).map(({ text, fleeting }) => [text, fleeting])).toEqual([
    ["one", true],
    ["two", undefined],
    ["three", true],
    ["four", undefined],
  ]);
  expect([tab.isAsked(), engine.unsent()]).toEqual([true, 4]);
  // A message after one that is not stored is not stored either: another tab would send it first.
  engine.send(1, "five");
  await vi.advanceTimersByTimeAsync(1);
  expect(engine.outbox(1).at(-1)).toMatchObject({ text: "five", fleeting: true });
  for (let turn = 0; turn < 5; turn += 1) {
    stores();
    await vi.advanceTimersByTimeAsync(1);
  }
  expect(texts()).toEqual(["one", "two", "three", "four", "five"]);
  expect([tab.isAsked(), engine.unsent()]).toEqual([false, 0]);
  // The next message is stored again.
  engine.send(1, "six");
  await vi.advanceTimersByTimeAsync(1);
  expect(engine.outbox(1).map(({ text, fleeting }) => [text, fleeting])).toEqual([["six", undefined]]);
});

test("a store that never answers delays messages only briefly", async () => {
  const store = new MoodyStore();
  store.hangs = (text) => text === "one";
  const { engine, texts, stores } = await begun(store);
  engine.send(1, "one");
  engine.send(1, "two");
  await vi.advanceTimersByTimeAsync(2_100);
  stores();
  await vi.advanceTimersByTimeAsync(1);
  expect(texts()).toEqual(["one", "two"]);
});

test("a message that was being stored when the page was closed is in the outbox of the next page, under its key", async () => {
  const store = new MoodyStore();
  store.hangs = () => true;
  const { engine, tab } = await begun(store);
  engine.send(1, "at the last moment");
  tab.hide();
  const kept = tab.take(7);
  expect(kept.map(({ text }) => text)).toEqual(["at the last moment"]);
  store.hangs = () => false;
  const next = await begun(store);
  next.tab.keep(7, kept);
  next.engine.identityChanged();
  await vi.advanceTimersByTimeAsync(1);
  await next.welcomes(7, 10);
  expect(next.engine.outbox(1).map(({ text, key }) => [text, key])).toEqual([["at the last moment", kept[0]?.key]]);
  expect(next.texts()).toEqual(["at the last moment"]);
  expect(await store.outbox(7)).toHaveLength(1);
});

test("without a lasting store, messages are marked as such, and outlive a reload", async () => {
  const { engine, tab, texts } = await begun();
  engine.send(1, "one");
  engine.send(1, "two");
  await vi.advanceTimersByTimeAsync(10);
  expect(engine.outbox(1).map(({ fleeting }) => fleeting)).toEqual([true, true]);
  tab.hide();
  const kept = tab.take(7);
  const next = await begun();
  next.tab.keep(7, kept);
  next.engine.identityChanged();
  await vi.advanceTimersByTimeAsync(1);
  await next.welcomes(7, 10);
  expect(next.engine.outbox(1).map(({ text, fleeting }) => [text, fleeting])).toEqual([
    ["one", true],
    ["two", true],
  ]);
  expect([texts(), next.texts()]).toEqual([["one"], ["one"]]);
});

test("a lone surrogate is replaced before sending", async () => {
  const { engine, texts } = await begun();
  engine.send(1, "a\ud83d b \ud83d\ude00");
  await vi.advanceTimersByTimeAsync(1);
  expect(texts()).toEqual(["a\ufffd b \u{1f600}"]);
});

test("a refused message of a room that the user has left is stranded, until it is discarded", async () => {
  const { engine, hears, texts } = await begun();
  engine.send(1, "too late");
  await vi.advanceTimersByTimeAsync(1);
  expect([texts(), engine.stranded()]).toEqual([["too late"], []]);
  const [pending] = engine.outbox(1);
  hears({ t: "left", room: 1, seq: 11 });
  hears({ t: "error", code: "room_not_joined", message: "You are not in that room.", key: pending?.key });
  expect(engine.stranded().map(({ text }) => text)).toEqual(["too late"]);
  engine.discard(pending?.key ?? "");
  await vi.advanceTimersByTimeAsync(1);
  expect(engine.stranded()).toEqual([]);
});

test("data of another user with the same id on a server that lost its data is removed", async () => {
  const store = new MoodyStore();
  const bob = { key: "k1", room: 1, by: "bob", text: "bob's", kind: "message", at: 1, state: "queued" } as const;
  await store.setDraft(7, 1, "bob's draft");
  await store.queue(7, bob);
  const room = (epoch: string) => ({ id: 1, name: "lobby", epoch }) as Room;
  await store.putRoom(7, room("of another database"));
  const zoe = await begun(store);
  expect([zoe.texts(), zoe.engine.outbox(1), zoe.engine.room(1)?.draft]).toEqual([[], [], ""]);
  expect(await store.outbox(7)).toEqual([]);
  expect((await store.identity())?.me.name).toBe("u7");
  // The stored data is the user's own if the epoch is the same, or if the outbox has a message under the user's name.
  for (const [epoch, by] of [
    ["e1", "bob"],
    ["of another database", "u7"],
  ] as const) {
    const mine = new MoodyStore();
    await mine.queue(7, { ...bob, by });
    await mine.putRoom(7, room(epoch));
    expect((await begun(mine)).texts()).toEqual(["bob's"]);
  }
});

test("a message whose key was used for another message is sent again under a new key", async () => {
  const { engine, sent, hears } = await begun();
  engine.send(1, "hello");
  await vi.advanceTimersByTimeAsync(1);
  const key = sent.find(({ t }) => t === "send")?.key ?? "";
  hears({ t: "error", code: "key_reused", message: "Used.", key });
  expect(engine.outbox(1)).toMatchObject([{ key, text: "hello", state: "refused" }]);
  engine.retry(key);
  await vi.advanceTimersByTimeAsync(1);
  const again = sent.filter(({ t, text }) => t === "send" && text === "hello").map((frame) => frame.key);
  expect(again).toHaveLength(2);
  expect(again[1]).not.toBe(key);
  hears({ t: "stored", key: again[1], room: 1, seq: 11 });
  expect(engine.outbox(1).filter((each) => each.state === "refused")).toEqual([]);
});
