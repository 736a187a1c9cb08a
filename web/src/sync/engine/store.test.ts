// The contract of all stores: in memory, in a file, and in IndexedDB.
import { mkdtempSync, rmSync, truncateSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { IDBFactory, IDBKeyRange } from "fake-indexeddb";
import { afterEach, beforeAll, describe, expect, test, vi } from "vitest";
import type { SeqRange } from "../seqRanges";
import { MemoryStore, type Store } from "../store";
import type { LogPart } from "../storedLog";
import { FileStore } from "../testing/fileStore";
import type { Pending, Room, RoomEvent } from "../types";
import { IndexedStore, openStore } from "./indexeddb";

const BOB = 7;
const EVE = 9;
let folder: string;

beforeAll(() => {
  globalThis.IDBKeyRange = IDBKeyRange;
});

afterEach(() => {
  if (folder !== undefined) rmSync(folder, { recursive: true, force: true });
  vi.useRealTimers();
});

function file(): string {
  folder = mkdtempSync(join(tmpdir(), "parley-"));
  return join(folder, "store.jsonl");
}

const STORES: [string, () => Promise<Store>][] = [
  ["memory", async () => new MemoryStore()],
  ["file", () => FileStore.open(file())],
  ["IndexedDB", async () => new IndexedStore("parley", new IDBFactory())],
];

describe.each(STORES)("a store in %s", (_, open) => {
  test("stores ranges of a log, and reads any part", async () => {
    const store = await open();
    await store.putRoom(BOB, room(1, "e1"));
    await store.keep(BOB, 1, part("e1", [5, 6], [event(5), event(6)]));
    await store.keep(BOB, 1, { ...part("e1", [1, 2], [event(1), event(2)]), end: 6, asOf: 6 });
    expect((await store.load(BOB)).rooms[0]?.held).toMatchObject({
      epoch: "e1",
      spans: [
        [1, 2],
        [5, 6],
      ],
    });
    await store.keep(BOB, 1, { ...part("e1", [3, 4], [event(3), event(4)]), end: 6, asOf: 6 });
    expect((await store.load(BOB)).rooms[0]?.held).toMatchObject({ spans: [[1, 6]] });
    expect(await store.read(BOB, 1, "e1", 2, 4)).toEqual([event(2), event(3), event(4)]);
    expect(await store.read(EVE, 1, "e1", 2, 4)).toBeNull();
    expect(await store.read(BOB, 1, "e1", 2, 7)).toBeNull();
  });

  test("stores one epoch: events of another replace it", async () => {
    const store = await open();
    await store.putRoom(BOB, room(1, "e1"));
    await store.keep(BOB, 1, part("e1", [1, 2], [event(1), event(2)]));
    await store.keep(BOB, 1, part("e2", [2, 2], [event(2)]));
    expect((await store.load(BOB)).rooms[0]?.held).toMatchObject({ epoch: "e2", spans: [[2, 2]] });
    expect(await store.read(BOB, 1, "e1", 1, 2)).toBeNull();
    expect(await store.read(BOB, 1, "e2", 2, 2)).toEqual([event(2)]);
  });

  test("keeps messages in their present form, whichever tab writes first", async () => {
    const store = await open();
    const edit = (seq: number, text: string): RoomEvent => ({ ...event(seq), kind: "edited", target: 1, text });
    await store.keep(BOB, 1, part("e1", [1, 3], [event(1), event(2), edit(3, "better")]));
    // The other tab is behind, and has asked for a page before the edit.
    await store.keep(BOB, 1, part("e1", [1, 2], [event(1), event(2)]));
    await store.keep(BOB, 1, { ...part("e1", [1, 2], [event(1), event(2)]), asOf: 2 });
    expect(await store.read(BOB, 1, "e1", 1, 3)).toMatchObject([{ text: "better", upto: 3 }, { text: "event 2" }]);
    // A page that is newer than the stream has the changes already.
    const newer = { ...event(1), text: "best", now: { edited: 4, edits: 2 }, upto: 4 };
    await store.keep(BOB, 1, { ...part("e1", [1, 2], [newer, { ...event(2), upto: 4 }]), end: 3, asOf: 4 });
    await store.keep(BOB, 1, part("e1", [4, 4], [edit(4, "best")]));
    expect((await store.read(BOB, 1, "e1", 1, 4))?.[0]).toEqual(newer);
    // Changes between are missing: what is stored can't be trusted.
    await store.keep(BOB, 1, part("e1", [9, 9], [event(9)]));
    expect((await store.load(BOB)).rooms).toEqual([]);
    expect(await store.read(BOB, 1, "e1", 1, 4)).toBeNull();
    expect(await store.read(BOB, 1, "e1", 9, 9)).toEqual([event(9)]);
  });

  test("does not count as stored what a tab that came later has not stored", async () => {
    const store = await open();
    await store.keep(BOB, 1, part("e1", [1, 4], [event(1), event(2), event(3), event(4)]));
    // The stream of the other tab begins at 10; it has a page of the newest events only.
    await store.keep(BOB, 1, { ...part("e1", [8, 10], [event(8), event(9), event(10)]), asOf: 10 });
    await store.keep(BOB, 1, part("e1", [5, 11], [5, 6, 7, 8, 9, 10, 11].map(event)));
    expect(await store.read(BOB, 1, "e1", 5, 11)).toBeNull();
    expect(await store.read(BOB, 1, "e1", 8, 11)).toEqual([8, 9, 10, 11].map(event));
  });

  test("keeps the order of the outbox, whatever the keys", async () => {
    const store = await open();
    for (const key of ["c", "a", "b"]) await store.queue(BOB, pending(key));
    await store.queue(EVE, pending("e"));
    await store.queue(BOB, { ...pending("a"), state: "refused" });
    expect((await store.outbox(BOB)).map((each) => [each.key, each.state])).toEqual([
      ["c", "queued"],
      ["a", "refused"],
      ["b", "queued"],
    ]);
    await store.settle(BOB, "a");
    await store.settle(BOB, "e");
    expect((await store.outbox(BOB)).map((each) => each.key)).toEqual(["c", "b"]);
    expect((await store.outbox(EVE)).map((each) => each.key)).toEqual(["e"]);
  });

  test("a read sees all earlier writes", async () => {
    const store = await open();
    void store.queue(BOB, pending("a"));
    void store.keep(BOB, 1, part("e1", [1, 1], [event(1)]));
    expect((await store.outbox(BOB)).map((each) => each.key)).toEqual(["a"]);
    expect(await store.read(BOB, 1, "e1", 1, 1)).toEqual([event(1)]);
  });

  test("forgets one user only", async () => {
    const store = await open();
    const me = { id: BOB, name: "bob", role: "member", display: "", colour: "" } as const;
    await store.setIdentity({ me, server: "Parley", token: null });
    for (const user of [BOB, EVE]) {
      await store.putRoom(user, room(1, "e1"));
      await store.keep(user, 1, part("e1", [1, 1], [event(1)]));
      await store.queue(user, pending(`key of ${user}`));
      await store.setDraft(user, 1, "almost");
    }
    await store.forget(BOB);
    expect(await store.identity()).toBeNull();
    expect(await store.load(BOB)).toEqual({ rooms: [], drafts: new Map() });
    expect(await store.outbox(BOB)).toEqual([]);
    expect(await store.read(BOB, 1, "e1", 1, 1)).toBeNull();
    expect((await store.load(EVE)).drafts).toEqual(new Map([[1, "almost"]]));
    expect(await store.outbox(EVE)).toHaveLength(1);
    expect(await store.read(EVE, 1, "e1", 1, 1)).toHaveLength(1);
  });
});

test("a file is valid up to where its writer was killed", async () => {
  const path = file();
  const store = await FileStore.open(path);
  for (const key of ["a", "b"]) await store.queue(BOB, pending(key));
  truncateSync(path, JSON.stringify(["queue", BOB, pending("a")]).length + 20);
  const again = await FileStore.open(path);
  await again.queue(BOB, pending("c"));
  expect((await (await FileStore.open(path)).outbox(BOB)).map((each) => each.key)).toEqual(["a", "c"]);
});

test("old events of a long log are removed", async () => {
  const store = new IndexedStore("parley", new IDBFactory());
  await store.putRoom(BOB, room(1, "e1"));
  const first = Array.from({ length: 10 }, (_, index) => event(index + 1));
  await store.keep(BOB, 1, part("e1", [1, 10], first));
  await store.keep(BOB, 1, part("e1", [11, 25_000], [event(25_000)]));
  expect((await store.load(BOB)).rooms[0]?.held.spans).toEqual([[5_001, 25_000]]);
  expect(await store.read(BOB, 1, "e1", 1, 10)).toBeNull();
  expect(await store.read(BOB, 1, "e1", 25_000, 25_000)).toHaveLength(1);
});

test("version 2 of the database keeps the outbox, and drops logs without present forms", async () => {
  const factory = new IDBFactory();
  await new Promise((resolve) => {
    const request = factory.open("parley", 1);
    request.onupgradeneeded = () => {
      for (const table of ["state", "rooms", "members", "spans", "events", "drafts"])
        request.result.createObjectStore(table);
      const outbox = request.result.createObjectStore("outbox", { keyPath: "place", autoIncrement: true });
      outbox.createIndex("key", ["user", "key"], { unique: true });
      outbox.add({ user: BOB, key: "a", pending: pending("a") });
      request.transaction?.objectStore("spans").add({ epoch: "e1", spans: [[1, 1]] }, [BOB, 1]);
      request.transaction?.objectStore("events").add(event(1), [BOB, 1, "e1", 1]);
      request.transaction?.objectStore("rooms").add(room(1, "e1"), [BOB, 1]);
    };
    request.onsuccess = () => resolve(request.result.close());
  });
  const store = new IndexedStore("parley", factory);
  expect(await store.outbox(BOB)).toEqual([pending("a")]);
  expect((await store.load(BOB)).rooms[0]?.held).toEqual({ epoch: "e1", spans: [], end: 0 });
  expect(await store.read(BOB, 1, "e1", 1, 1)).toBeNull();
});

test("without IndexedDB data is in memory", async () => {
  const store = openStore("parley", {
    open: () => {
      throw new DOMException("not in a private window", "SecurityError");
    },
  } as unknown as IDBFactory);
  await store.queue(BOB, pending("a"));
  expect(await store.outbox(BOB)).toHaveLength(1);
});

test("if IndexedDB does not open in time, data is in memory", async () => {
  vi.useFakeTimers();
  const store = openStore("parley", silent().factory);
  let identity: unknown = "not known";
  const known = store.identity().then((answer) => {
    identity = answer;
  });
  await vi.advanceTimersByTimeAsync(1_900);
  expect(identity).toBe("not known");
  await vi.advanceTimersByTimeAsync(100);
  await known;
  expect(identity).toBeNull();
  await store.queue(BOB, pending("a"));
  expect(await store.outbox(BOB)).toHaveLength(1);
});

test("an IndexedDB that opens too late is closed, or it would block a newer version", async () => {
  vi.useFakeTimers();
  const { factory, answer } = silent();
  const store = openStore("parley", factory);
  await vi.advanceTimersByTimeAsync(2_000);
  expect(await store.outbox(BOB)).toEqual([]);
  expect(answer()).toEqual({ closed: true });
});

test("a lost database is an error", async () => {
  const working = new IDBFactory();
  const open: IDBDatabase[] = [];
  let answers = true;
  const store = new IndexedStore("parley", {
    open: (name: string, version: number) => {
      if (!answers) return {};
      const request = working.open(name, version);
      request.addEventListener("success", () => open.push(request.result));
      return request;
    },
  } as unknown as IDBFactory);
  await store.queue(BOB, pending("a"));
  open[0]?.onclose?.(new Event("close"));
  answers = false;
  vi.useFakeTimers();
  const refused = expect(store.outbox(BOB)).rejects.toThrow("does not open");
  await vi.advanceTimersByTimeAsync(2_000);
  await refused;
});

test("a user that is forgotten in memory is forgotten in IndexedDB as well, if it works by then", async () => {
  const working = new IDBFactory();
  const before = new IndexedStore("parley", working);
  await before.setDraft(BOB, 1, "for nobody else");
  await before.setDraft(EVE, 1, "mine");
  let answers = false;
  const store = openStore("parley", {
    open: (name: string, version: number) => {
      if (!answers) throw new DOMException("not now", "UnknownError");
      return working.open(name, version);
    },
  } as unknown as IDBFactory);
  expect((await store.load(BOB)).drafts.size).toBe(0);
  await store.forget(BOB);
  expect((await before.load(BOB)).drafts.size).toBe(1);
  answers = true;
  await store.forget(BOB);
  expect((await before.load(BOB)).drafts.size).toBe(0);
  expect((await before.load(EVE)).drafts.size).toBe(1);
});

/** An IndexedDB that does not answer until it is told to. */
function silent(): { factory: IDBFactory; answer: () => { closed: boolean } } {
  const database = { closed: false };
  const request = {
    result: {
      close: () => {
        database.closed = true;
      },
    },
    onsuccess: () => undefined,
  };
  return {
    factory: { open: () => request } as unknown as IDBFactory,
    answer: () => {
      request.onsuccess();
      return database;
    },
  };
}

/** Events of the stream. */
function part(epoch: string, span: SeqRange, events: readonly RoomEvent[]): LogPart {
  return { epoch, span, events, end: span[1] };
}

function event(seq: number): RoomEvent {
  return { seq, at: 1, user: EVE, name: "eve", kind: "message", text: `event ${seq}` };
}

function pending(key: string): Pending {
  return { key, room: 1, text: "hi", kind: "message", at: 1, state: "queued" };
}

function room(id: number, epoch: string): Room {
  return {
    ...{
      id,
      name: "lobby",
      kind: "public",
      topic: "",
      epoch,
      tip: 0,
      floor: 1,
      members: 1,
      joined: true,
      archived: false,
    },
    ...{ readOnly: false, slow: 0, calls: "members", receipts: false, level: "mentions", favourite: false, read: 0 },
    ...{ unread: 0, mentions: 0, draft: "", active: 0 },
  } as Room;
}
