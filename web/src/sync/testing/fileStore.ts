import { appendFileSync, existsSync, readFileSync } from "node:fs";
import type { Span } from "../seqRanges";
import { type Identity, MemoryStore } from "../store";
import type { Member, Pending, Room, RoomEvent, RoomId, UserId } from "../types";

/** What changes a store: the calls, as they are written down. */
type Entry = readonly [
  "setIdentity" | "putRoom" | "putMembers" | "dropRoom" | "keep" | "queue" | "settle" | "setDraft" | "forget",
  ...unknown[],
];

/**
 * For Node: a store in memory whose changes are appended to a file, each before its promise is fulfilled. It outlives a process
 * that is killed; what was being written then is not there.
 */
export class FileStore extends MemoryStore {
  override readonly lasting = true;
  readonly #path: string;
  #replaying = false;

  private constructor(path: string) {
    super();
    this.#path = path;
  }

  static async open(path: string): Promise<FileStore> {
    const store = new FileStore(path);
    const lines = existsSync(path) ? readFileSync(path, "utf-8").split("\n") : [];
    store.#replaying = true;
    for (const line of lines) {
      let entry: Entry;
      try {
        entry = JSON.parse(line) as Entry;
      } catch {
        continue; // the process was killed in the middle of it
      }
      const [call, ...given] = entry;
      await (store[call] as (...given: unknown[]) => Promise<void>)(...given);
    }
    store.#replaying = false;
    // What follows does not become part of a line that was cut off.
    if (lines.length > 0) appendFileSync(path, "\n");
    return store;
  }

  override setIdentity(identity: Identity | null): Promise<void> {
    this.#write("setIdentity", identity);
    return super.setIdentity(identity);
  }

  override putRoom(user: UserId, room: Room): Promise<void> {
    this.#write("putRoom", user, room);
    return super.putRoom(user, room);
  }

  override putMembers(user: UserId, room: RoomId, members: readonly Member[]): Promise<void> {
    this.#write("putMembers", user, room, members);
    return super.putMembers(user, room, members);
  }

  override dropRoom(user: UserId, room: RoomId): Promise<void> {
    this.#write("dropRoom", user, room);
    return super.dropRoom(user, room);
  }

  override keep(user: UserId, room: RoomId, epoch: string, span: Span, events: readonly RoomEvent[]): Promise<void> {
    this.#write("keep", user, room, epoch, span, events);
    return super.keep(user, room, epoch, span, events);
  }

  override queue(user: UserId, pending: Pending): Promise<void> {
    this.#write("queue", user, pending);
    return super.queue(user, pending);
  }

  override settle(user: UserId, key: string): Promise<void> {
    this.#write("settle", user, key);
    return super.settle(user, key);
  }

  override setDraft(user: UserId, room: RoomId, text: string): Promise<void> {
    this.#write("setDraft", user, room, text);
    return super.setDraft(user, room, text);
  }

  override forget(user: UserId): Promise<void> {
    this.#write("forget", user);
    return super.forget(user);
  }

  #write(...entry: Entry): void {
    if (!this.#replaying) appendFileSync(this.#path, `${JSON.stringify(entry)}\n`);
  }
}
