// The hooks return the engine's data. For changes that happen together, what reads them runs once.
import { createEffect, createRoot, createSignal } from "solid-js";
import { expect, test, vi } from "vitest";
import { SingleTab } from "../sync/engine/tabs";
import { MemoryStore } from "../sync/store";
import type { RoomId } from "../sync/types";

const server = vi.hoisted(() => ({ say: (_: object): void => undefined, connected: (): void => undefined }));

vi.mock("../sync/engine/browser", async () => {
  const { createEngine } = await import("../sync/engine/engine");
  return {
    browserEngine: () =>
      createEngine({
        connect: (ear) => {
          server.say = (frame) => ear.heard(JSON.stringify(frame));
          queueMicrotask(() => {
            ear.opened();
            server.connected();
          });
          return { send: () => undefined, close: () => undefined };
        },
        store: new MemoryStore(),
        tabs: new SingleTab(),
        now: () => performance.now(),
        wall: () => Date.now(),
        random: () => 0,
        randomBytes: (bytes) => bytes.fill(1),
      }),
  };
});

const { onArrived, startEngine, useConnection, useRoom, useRooms, useWindow } = await import("./index");

test("accessors follow the engine", async () => {
  const connected = new Promise<void>((resolve) => {
    server.connected = resolve;
  });
  const arrived: string[] = [];
  const seen: number[] = [];
  const [id, setId] = createSignal<RoomId | null>(null);
  const { name, end } = createRoot((end) => {
    const room = useRoom(id);
    const rooms = useRooms();
    onArrived(({ event }) => arrived.push(event.text));
    createEffect(() => seen.push(rooms().reduce((sum, each) => sum + each.unread, 0)));
    return { name: () => room()?.name, end };
  });
  startEngine();
  await connected;
  const limits = { frame_bytes: 16384, text_chars: 8000, name_chars: 32, topic_chars: 250, page: 200 };
  const lobby = { id: 1, name: "lobby", kind: "public", topic: "", epoch: "e1", tip: 1, after: 1, members: 2 };
  server.say({ t: "ready", protocol: 1, server: "Parley", user: { id: 7, name: "bob" }, rooms: [lobby], limits });
  expect(useConnection()().state).toBe("online");
  expect([name(), useWindow(id)().events]).toEqual([undefined, []]);
  setId(1);
  expect(name()).toBe("lobby");
  await Promise.resolve();
  server.say({ t: "events", room: 1, events: [event(2), event(3)] });
  server.say({ t: "events", room: 1, events: [event(4)] });
  await Promise.resolve();
  expect(arrived).toEqual(["text 2", "text 3", "text 4"]);
  expect(seen).toEqual([0, 0, 3]);
  end();
  server.say({ t: "events", room: 1, events: [event(5)] });
  await Promise.resolve();
  expect([arrived.length, seen.length]).toEqual([3, 3]);
});

function event(seq: number): object {
  return { seq, at: seq, user: 9, name: "eve", text: `text ${seq}` };
}
