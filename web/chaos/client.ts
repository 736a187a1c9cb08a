/**
 * The page's engine as a program for Node, for the chaos run (tests/system/chaos/engine.py), which kills clients and servers:
 *
 *     node client.js ws://127.0.0.1:PORT/ws NAME STORE
 *
 * It reads commands from its input, and writes the frames that it receives and the events that it shows to its output, as lines
 * of JSON. The chaos run kills it and starts it again with the same STORE.
 */
import { randomFillSync } from "node:crypto";
import { writeSync } from "node:fs";
import { createInterface } from "node:readline";
import { createEngine } from "../src/sync/engine/engine";
import type { Connect } from "../src/sync/engine/socket";
import { SingleTab } from "../src/sync/engine/tabs";
import { FileStore } from "../src/sync/testing/fileStore";
import { connectByWs } from "../src/sync/testing/nodeSocket";
import type { Pending, RoomId, Seq, UserId } from "../src/sync/types";

type Order = { join: string } | { say: string; text: string } | { look: true };

/** Open a store that writes a line to the output when a message of the outbox is durable. */
async function openStore(path: string): Promise<FileStore> {
  const store = await FileStore.open(path);
  const queue = store.queue.bind(store);
  store.queue = async (user: UserId, pending: Pending): Promise<void> => {
    await queue(user, pending);
    tell({ queued: pending.key, text: pending.text, room: pending.room });
  };
  return store;
}

function tell(what: { [name: string]: unknown }): void {
  // Write synchronously, so that no line is lost when the process is killed.
  let rest = Buffer.from(`${JSON.stringify(what)}\n`);
  while (rest.length > 0) {
    try {
      rest = rest.subarray(writeSync(1, rest));
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== "EAGAIN") throw error;
    }
  }
}

const [url = "", name = "", path = ""] = process.argv.slice(2);
const transport = connectByWs(url);
const connect: Connect = (events) =>
  transport({
    ...events,
    opened: () => events.opened(),
    closed: (why) => events.closed(why),
    heard: (data) => {
      tell({ heard: data });
      events.heard(data);
    },
  });

const store = await openStore(path);
const engine = createEngine({
  connect,
  store,
  tabs: new SingleTab(),
  now: () => performance.now(),
  wall: () => Date.now(),
  // A low number makes the delays of the backoff short.
  random: () => 0.03,
  randomBytes: (bytes) => randomFillSync(bytes),
  credentials: { name },
});
const known = await store.identity();
for (const pending of known === null ? [] : await store.outbox(known.me.id)) {
  tell({ queued: pending.key, text: pending.text, room: pending.room });
}

/** The seq up to which this process has written the events of each room to its output. */
const shown = new Map<RoomId, Seq>();
const opened = new Set<RoomId>();

function show(room: RoomId): void {
  const window = engine.window(room);
  const epoch = engine.room(room)?.epoch;
  const fresh = window.atTip ? window.events.filter((event) => event.seq > (shown.get(room) ?? 0)) : [];
  const last = fresh.at(-1);
  if (last === undefined) return;
  shown.set(room, last.seq);
  tell({ shown: room, epoch, events: fresh });
}

function look(): void {
  const queued = engine.rooms().reduce((sum, room) => sum + engine.outbox(room.id).length, 0);
  const rooms = engine.rooms().map(({ id, name, tip }) => ({ id, name, tip, last: shown.get(id) ?? 0 }));
  tell({ state: engine.connection().state, rooms, queued });
}

engine.subscribe((change) => {
  if (change.what === "connection") {
    const connection = engine.connection();
    tell({ connection: connection.state, problem: "problem" in connection ? connection.problem : null });
  } else if (change.what === "me") tell({ me: engine.me()?.id ?? 0 });
  else if (change.what === "log") show(change.room);
  else if (change.what === "rooms") {
    const there = new Set(engine.rooms().map((room) => room.id));
    for (const room of [...opened]) {
      if (there.has(room)) continue;
      opened.delete(room);
      shown.delete(room);
      tell({ gone: room });
    }
    for (const room of there) {
      if (opened.has(room)) continue;
      opened.add(room);
      void engine.open(room, "newest").then(() => show(room));
    }
  }
});
engine.start();

createInterface({ input: process.stdin })
  .on("line", (line) => {
    const order = JSON.parse(line) as Order;
    if ("join" in order) void engine.join(order.join).then((answer) => tell({ join: order.join, ok: answer.ok }));
    else if ("say" in order) {
      const room = engine.rooms().find((each) => each.name === order.say);
      if (room !== undefined) engine.send(room.id, order.text);
      else tell({ unsaid: order.text });
    } else look();
  })
  .on("close", () => process.exit());
