// The engine over a real socket, against a real server. Skipped if there is no Python with the server's libraries.
import { type ChildProcess, execFileSync, spawn } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { MemoryStore, type Store } from "../store";
import { connectByWs } from "../testing/nodeSocket";
import type { Change, Engine, RoomId } from "../types";
import { createEngine } from "./engine";
import { SingleTab } from "./tabs";

const HERE = fileURLToPath(new URL(".", import.meta.url));
const ROOT = resolve(HERE, "../../../..");
const ENVIRONMENT = { ...process.env, PYTHONPATH: join(ROOT, "src") };
const PYTHON = findPython();

if (PYTHON === null) {
  console.warn("The tests against a real server are left out: run.py has not installed its libraries yet.");
}

describe.skipIf(PYTHON === null)("against a real server", () => {
  let server: Server;

  beforeAll(async () => {
    server = await Server.begin();
  }, 30_000);

  afterAll(async () => {
    await server.end();
  });

  test("a guest sends a message, and another guest gets it", async () => {
    const bob = new Client("bob", server);
    await bob.online();
    const lobby = await bob.join("lobby");
    const eve = new Client("eve", server);
    await eve.online();
    expect(await eve.join("lobby")).toBe(lobby);
    await eve.engine.open(lobby, "newest");

    bob.engine.send(lobby, "hi");
    await eve.until(() => eve.texts(lobby).includes("hi"));
    await bob.until(() => bob.engine.outbox(lobby).length === 0);
    expect(eve.engine.window(lobby).atTip).toBe(true);
    await bob.leave();
    await eve.leave();
  });

  test("messages that were written offline are sent in order after reconnecting", async () => {
    const store = new MemoryStore();
    const bob = new Client("rob", server, store);
    await bob.online();
    const tea = await bob.join("tea");
    await bob.engine.open(tea, "newest");
    await server.kill();
    await bob.until(() => bob.engine.connection().state === "waiting");
    for (const text of ["one", "two", "three"]) bob.engine.send(tea, text);
    await bob.until(() => bob.engine.outbox(tea).length === 3);
    bob.engine.stop();

    // The tab is closed and opened again before the server is back.
    const again = new Client("rob", server, store);
    await again.until(() => again.engine.outbox(tea).length === 3);
    await again.engine.open(tea, "newest");
    expect(again.texts(tea)).toEqual(bob.texts(tea));
    await server.start();
    again.engine.start();
    await again.until(() => again.texts(tea).length === 3);
    expect(again.texts(tea)).toEqual(["one", "two", "three"]);
    expect(again.engine.outbox(tea)).toEqual([]);
    await again.leave();
  });

  test("read marks reach the sender and the reader's other devices", async () => {
    const store = new MemoryStore();
    const bob = new Client("ben", server);
    const eve = new Client("eva", server, store);
    await bob.online();
    await eve.online();
    const nook = await bob.join("nook");
    await eve.join("nook");
    await bob.engine.open(nook, "newest");
    bob.engine.wantMembers(nook);
    await bob.until(() => bob.engine.members(nook)?.length === 2);
    bob.engine.send(nook, "one");
    bob.engine.send(nook, "hi @eva");
    await eve.until(() => eve.engine.room(nook)?.mentions === 1);
    expect(eve.engine.room(nook)).toMatchObject({ unread: 2, mentions: 1 });
    const last = eve.engine.room(nook)?.tip ?? 0;
    await bob.until(() => bob.engine.status(nook, last)?.state === "delivered");
    expect(bob.engine.status(nook, last)).toEqual({ state: "delivered", got: 1, read: 0, of: 1 });

    const device = new Client("eva", server, await copyOf(store));
    await device.until(() => device.engine.room(nook)?.unread === 2);
    const answer = await device.engine.open(nook, "unread");
    expect(answer).toEqual({ ok: true, value: { seq: last - 1 } });
    eve.engine.read(nook, last);
    await bob.until(() => bob.engine.status(nook, last)?.state === "read");
    expect(bob.engine.readers(nook, last).map((member) => member.name)).toEqual(["eva"]);
    await device.until(() => device.engine.room(nook)?.unread === 0);

    // The status of a message does not count members who joined after it.
    const late = new Client("uma", server);
    await late.online();
    await late.join("nook");
    await bob.until(() => bob.engine.members(nook)?.length === 3);
    expect(bob.engine.status(nook, last)).toEqual({ state: "read", got: 1, read: 1, of: 1 });
    expect(bob.engine.readers(nook, last).map((member) => member.name)).toEqual(["eva"]);
    for (const client of [bob, eve, device, late]) client.engine.stop();
  });

  test("a long history is read back and forth by pages", async () => {
    const bob = new Client("tom", server);
    await bob.online();
    const den = await bob.join("den");
    await bob.engine.open(den, "newest");
    for (let number = 1; number <= 250; number++) bob.engine.send(den, `number ${number}`);
    await bob.until(() => bob.engine.room(den)?.tip === 252, 30_000);

    const eve = new Client("tim", server);
    await eve.online();
    await eve.join("den");
    await eve.engine.open(den, "newest");
    for (let page = 0; page < 9 && !eve.engine.window(den).atStart; page++) await eve.engine.older(den);
    const seqs = eve.engine.window(den).events.map((event) => event.seq);
    expect(seqs).toEqual(Array.from({ length: 253 }, (_, index) => index + 1));

    expect(await eve.engine.open(den, { seq: 150 })).toEqual({ ok: true, value: { seq: 150 } });
    expect(eve.engine.window(den).atTip).toBe(false);
    for (let page = 0; page < 9 && !eve.engine.window(den).atTip; page++) await eve.engine.newer(den);
    expect(eve.engine.window(den).events.at(-1)?.seq).toBe(253);
    await bob.leave();
    await eve.leave();
  }, 60_000);
});

/** The store of another device of the same user: it has the user's token, and no other data. */
async function copyOf(store: Store): Promise<Store> {
  const other = new MemoryStore();
  await other.setIdentity(await store.identity());
  return other;
}

/** An engine that is connected to the server, with methods that act and wait for the result. */
class Client {
  readonly engine: Engine;
  readonly #changed = new Set<() => void>();

  constructor(name: string, server: Server, store: Store = new MemoryStore()) {
    this.engine = createEngine({
      connect: connectByWs(`ws://127.0.0.1:${server.port}/ws`),
      store,
      tabs: new SingleTab(),
      now: () => performance.now(),
      wall: () => Date.now(),
      random: () => 0.03,
      randomBytes: (bytes) => crypto.getRandomValues(bytes),
      credentials: { name },
    });
    this.engine.subscribe((_: Change) => {
      for (const look of [...this.#changed]) look();
    });
    this.engine.start();
  }

  /** Wait until something is true. It is checked at each change of the engine. */
  until(isSo: () => boolean, patience = 15_000): Promise<void> {
    return new Promise((resolve, reject) => {
      const given = setTimeout(
        () => reject(new Error(`it never came about: ${isSo}; ${JSON.stringify(this.engine.connection())}`)),
        patience,
      );
      const look = (): void => {
        if (!isSo()) return;
        this.#changed.delete(look);
        clearTimeout(given);
        resolve();
      };
      this.#changed.add(look);
      look();
    });
  }

  online(): Promise<void> {
    return this.until(() => this.engine.connection().state === "online");
  }

  async join(name: string): Promise<RoomId> {
    const answer = await this.engine.join(name);
    if (!answer.ok) throw new Error(answer.problem.message);
    return answer.value;
  }

  texts(room: RoomId): string[] {
    return this.engine
      .window(room)
      .events.filter((event) => event.kind === "message")
      .map((event) => event.text);
  }

  async leave(): Promise<void> {
    this.engine.stop();
  }
}

class Server {
  readonly port: number;
  readonly #data: string;
  #process: ChildProcess | null = null;

  private constructor(port: number, data: string) {
    this.port = port;
    this.#data = data;
  }

  static async begin(): Promise<Server> {
    const port = Number(
      execFileSync(PYTHON ?? "", [
        "-c",
        "import socket; s = socket.create_server(('127.0.0.1', 0)); print(s.getsockname()[1])",
      ]),
    );
    const server = new Server(port, mkdtempSync(join(tmpdir(), "parley-")));
    await server.start();
    return server;
  }

  start(): Promise<void> {
    const config = join(this.#data, "parley.toml");
    writeFileSync(config, "rate_messages = 0\n");
    const listen = `127.0.0.1:${this.port}`;
    const started = spawn(
      PYTHON ?? "",
      ["-m", "parley", "serve", "--data", join(this.#data, "data"), "--config", config, "--listen", listen],
      { env: ENVIRONMENT },
    );
    this.#process = started;
    return new Promise((resolve, reject) => {
      let said = "";
      const hear = (data: Buffer): void => {
        said += data.toString();
        if (said.includes("listening on")) resolve();
      };
      started.stdout.on("data", hear);
      started.stderr.on("data", hear);
      started.once("exit", () => reject(new Error(said)));
    });
  }

  kill(): Promise<void> {
    const running = this.#process;
    this.#process = null;
    return new Promise((resolve) => {
      if (running === null) resolve();
      running?.once("exit", () => resolve());
      running?.kill("SIGKILL");
    });
  }

  async end(): Promise<void> {
    await this.kill();
    rmSync(this.#data, { recursive: true });
  }
}

function findPython(): string | null {
  for (const python of [process.env["PYTHON"], join(ROOT, ".venv/bin/python"), "python3"]) {
    if (python === undefined) continue;
    try {
      execFileSync(python, ["-c", "import parley.cli.serve"], { env: ENVIRONMENT, stdio: "ignore" });
      return python;
    } catch {
      // This Python is not installed, or lacks the server's libraries.
    }
  }
  return null;
}
