// How the engine treats what it needs: the store is not asked for every event.
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { createEngine } from "./engine";
import type { Ear } from "./socket";
import { MemoryStore } from "./store";
import { OneTab } from "./tabs";
import type { RoomEvent, Seq, UserId } from "./types";

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

class CountingStore extends MemoryStore {
  kept: Seq[][] = [];
  users = new Set<UserId>();

  override async keep(...args: Parameters<MemoryStore["keep"]>): Promise<void> {
    this.users.add(args[0]);
    this.kept.push(args[4].map((event: RoomEvent) => event.seq));
    return super.keep(...args);
  }
}

/** An engine in a room with ten events, and what speaks to it. */
async function begun() {
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
  const welcomes = async (id: UserId, tip: Seq): Promise<void> => {
    ear?.opened();
    const limits = { frame_bytes: 16384, text_chars: 8000, name_chars: 32, topic_chars: 250, page: 200 };
    const lobby = { id: 1, name: "lobby", kind: "public", topic: "", epoch: "e1", tip, after: tip, members: 2 };
    hears({ t: "ready", protocol: 1, server: "Parley", user: { id, name: `u${id}` }, rooms: [lobby], limits });
    await vi.advanceTimersByTimeAsync(1);
  };
  await welcomes(7, 10);
  const says = (seq: Seq): void =>
    hears({ t: "events", room: 1, events: [{ seq, at: seq, user: 9, name: "eve", text: `${seq}` }] });
  return { engine, store, says, hears, welcomes };
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

test("what one user heard is not stored as the next one's", async () => {
  const { engine, store, says, hears, welcomes } = await begun();
  says(11);
  says(12); // waits for company
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
