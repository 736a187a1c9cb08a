// How the engine treats what it needs: the store is not asked for every event.
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { createEngine } from "./engine";
import type { Ear } from "./socket";
import { MemoryStore } from "./store";
import { OneTab } from "./tabs";
import type { RoomEvent, Seq } from "./types";

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

class CountingStore extends MemoryStore {
  kept: Seq[][] = [];

  override async keep(...args: Parameters<MemoryStore["keep"]>): Promise<void> {
    this.kept.push(args[4].map((event: RoomEvent) => event.seq));
    return super.keep(...args);
  }
}

/** An engine in a room with ten events, and what speaks to it. */
async function begun(): Promise<{ store: CountingStore; says: (seq: Seq) => void }> {
  const store = new CountingStore();
  let ear: Ear | undefined;
  const engine = createEngine({
    connect: (made) => {
      ear = made;
      return { send: () => undefined, close: () => undefined };
    },
    store,
    tabs: new OneTab(),
    now: () => performance.now(),
    wall: () => Date.now(),
    random: () => 0,
    randomBytes: (bytes) => bytes.fill(1),
  });
  engine.start();
  await vi.advanceTimersByTimeAsync(1);
  const hears = (frame: object): void => ear?.heard(JSON.stringify(frame));
  ear?.opened();
  const limits = { frame_bytes: 16384, text_chars: 8000, name_chars: 32, topic_chars: 250, page: 200 };
  const lobby = { id: 1, name: "lobby", kind: "public", topic: "", epoch: "e1", tip: 10, after: 10, members: 2 };
  hears({ t: "ready", protocol: 1, server: "Parley", user: { id: 7, name: "bob" }, rooms: [lobby], limits });
  await vi.advanceTimersByTimeAsync(1);
  const says = (seq: Seq): void =>
    hears({ t: "events", room: 1, events: [{ seq, at: seq, user: 9, name: "eve", text: `${seq}` }] });
  return { store, says };
}

test("a flood is stored in a few pieces, each event once and in order", async () => {
  const { store, says } = await begun();
  for (let seq = 11; seq <= 210; seq += 1) {
    says(seq);
    await vi.advanceTimersByTimeAsync(5);
  }
  await vi.advanceTimersByTimeAsync(500);
  expect(store.kept.length).toBeLessThan(10);
  expect(store.kept.flat()).toEqual(Array.from({ length: 200 }, (_, index) => 11 + index));
});

test("what comes alone is stored at once", async () => {
  const { store, says } = await begun();
  says(11);
  expect(store.kept).toEqual([[11]]);
  await vi.advanceTimersByTimeAsync(1_000);
  says(12);
  expect(store.kept).toEqual([[11], [12]]);
});
