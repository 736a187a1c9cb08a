import type { Pending, Problem, RoomEvent, RoomId, Seq, UserId } from "../types";
import { fold } from "./names";

/**
 * The messages that are not settled, in the order in which they were written. Per destination only the first is under way: of
 * two sent at once the first may be refused for a moment and the second be stored, and no sending again puts that right.
 */
export class Outbox {
  #entries: Pending[] = [];
  /** What is shown of a destination; made when asked for. */
  readonly #lists = new Map<RoomId, readonly Pending[]>();
  /** The keys that are under way. */
  readonly #flying = new Set<string>();
  /** Those that are stored, and whose event is still to come: shown until then, so that nothing blinks. */
  readonly #stored = new Map<string, { room: RoomId; seq: Seq }>();
  /** Those that are under way, and whose event seems to have come already: not shown beside it. */
  readonly #hidden = new Set<string>();
  /** Those that were discarded here: what was read from the store before does not bring them back. */
  readonly #discarded = new Set<string>();

  get all(): readonly Pending[] {
    return this.#entries;
  }

  /** Those of which the server has not said that it has them. */
  get unsent(): readonly Pending[] {
    return this.#entries.filter((entry) => !this.#stored.has(entry.key));
  }

  /** Whether anything could be sent. */
  get hasQueued(): boolean {
    return this.#entries.some((entry) => entry.state !== "refused" && !this.#stored.has(entry.key));
  }

  of(room: RoomId): readonly Pending[] {
    let list = this.#lists.get(room);
    if (list === undefined) {
      list = this.#entries.filter((entry) => entry.room === room && !this.#hidden.has(entry.key));
      this.#lists.set(room, list);
    }
    return list;
  }

  get(key: string): Pending | undefined {
    return this.#entries.find((entry) => entry.key === key);
  }

  /**
   * This is what the store has. Returns the rooms whose list has changed.
   *
   * @param entries in order; what is known here to be under way stays so.
   */
  replace(entries: readonly Pending[]): Set<RoomId> {
    const before = new Map(this.#entries.map((entry) => [entry.key, entry]));
    const changed = new Set<RoomId>();
    const shown = this.#entries.filter((entry) => this.#stored.has(entry.key));
    const queued = entries.filter((entry) => !this.#stored.has(entry.key) && !this.#discarded.has(entry.key));
    for (const entry of shown) before.delete(entry.key);
    const replaced = queued.map((entry): Pending => {
      const known = before.get(entry.key);
      before.delete(entry.key);
      const state = entry.state === "refused" ? "refused" : this.#flying.has(entry.key) ? "sending" : "queued";
      if (known !== undefined && known.state === state && known.room === entry.room) return known;
      changed.add(entry.room);
      return { ...entry, state };
    });
    for (const gone of before.values()) {
      changed.add(gone.room);
      this.#flying.delete(gone.key);
      this.#hidden.delete(gone.key);
    }
    this.#entries = [...shown, ...replaced];
    for (const room of changed) this.#lists.delete(room);
    return changed;
  }

  add(pending: Pending): void {
    this.#entries = [...this.#entries, pending];
    this.#lists.delete(pending.room);
  }

  remove(key: string): Pending | undefined {
    const entry = this.get(key);
    if (entry === undefined) return undefined;
    this.#entries = this.#entries.filter((each) => each !== entry);
    this.#flying.delete(key);
    this.#stored.delete(key);
    this.#hidden.delete(key);
    this.#lists.delete(entry.room);
    return entry;
  }

  /**
   * The server has stored it. It stays on the screen until its event is there.
   *
   * @param end up to where the room's events have come.
   */
  stored(key: string, room: RoomId, seq: Seq, end: Seq): Pending | undefined {
    const entry = this.get(key);
    if (entry === undefined || this.#stored.has(key)) return undefined;
    if (seq <= end || entry.room !== room) return this.remove(key);
    this.#flying.delete(key);
    this.#stored.set(key, { room, seq });
    return entry;
  }

  /** Events have come. Returns whether the room's list has changed. */
  arrived(room: RoomId, events: readonly RoomEvent[], me: UserId): boolean {
    let changed = false;
    const last = events.at(-1)?.seq ?? 0;
    for (const [key, place] of [...this.#stored]) {
      if (place.room !== room || place.seq > last) continue;
      this.remove(key);
      changed = true;
    }
    if (this.#flying.size === 0) return changed;
    for (const entry of this.#entries) {
      if (entry.room !== room || !this.#flying.has(entry.key) || this.#hidden.has(entry.key)) continue;
      const { text, kind } = entry;
      // `stored` comes before or after the event; only it says for sure that this is the one.
      if (!events.some((event) => event.user === me && event.kind === kind && event.text === text)) continue;
      this.#hidden.add(entry.key);
      this.#lists.delete(room);
      changed = true;
    }
    return changed;
  }

  /** The messages whose turn it is: the first of each destination, unless it is under way. */
  next(lane: (pending: Pending) => string): Pending[] {
    const taken = new Set<string>();
    const next: Pending[] = [];
    for (const entry of this.#entries) {
      if (entry.state === "refused" || this.#stored.has(entry.key)) continue;
      const destination = lane(entry);
      if (taken.has(destination)) continue;
      taken.add(destination);
      if (!this.#flying.has(entry.key)) next.push(entry);
    }
    return next;
  }

  /** It is not to be sent, ever. */
  discard(key: string): Pending | undefined {
    this.#discarded.add(key);
    return this.remove(key);
  }

  /** Whether it is there, and neither under way nor stored. */
  isIdle(key: string): boolean {
    return !this.#flying.has(key) && !this.#stored.has(key) && this.get(key) !== undefined;
  }

  isFlying(key: string): boolean {
    return this.#flying.has(key);
  }

  fly(key: string): void {
    this.#flying.add(key);
    this.#change(key, (entry) => ({ ...without(entry), state: "sending" }));
  }

  /** It is not under way any more, and not stored: it is to be sent again. */
  land(key: string, problem?: Problem): void {
    this.#flying.delete(key);
    this.#hidden.delete(key);
    this.#change(key, (entry) => ({
      ...without(entry),
      state: "queued",
      ...(problem === undefined ? {} : { problem }),
    }));
  }

  /** The connection has ended: nothing is under way. Returns the rooms whose list has changed. */
  landAll(): Set<RoomId> {
    const rooms = new Set<RoomId>();
    for (const key of [...this.#stored.keys()]) {
      const entry = this.remove(key);
      if (entry !== undefined) rooms.add(entry.room);
    }
    for (const key of [...this.#flying]) {
      const entry = this.get(key);
      if (entry !== undefined) rooms.add(entry.room);
      this.land(key);
    }
    return rooms;
  }

  refuse(key: string, problem: Problem): Pending | undefined {
    this.#flying.delete(key);
    this.#hidden.delete(key);
    this.#change(key, (entry) => ({ ...entry, state: "refused", problem }));
    return this.get(key);
  }

  clear(): void {
    this.#entries = [];
    this.#flying.clear();
    this.#stored.clear();
    this.#hidden.clear();
    this.#discarded.clear();
    this.#lists.clear();
  }

  #change(key: string, change: (entry: Pending) => Pending): void {
    this.#entries = this.#entries.map((entry) => {
      if (entry.key !== key) return entry;
      this.#lists.delete(entry.room);
      return change(entry);
    });
  }
}

function without(entry: Pending): Pending {
  const { problem: _, ...rest } = entry;
  return rest;
}

/**
 * Where a message goes, so that those to one person stay in order whether their room was known when they were written or not.
 *
 * @param direct the name of a direct room of two; undefined for any other.
 */
export function laneOf(pending: Pending, direct: (room: RoomId) => string | undefined): string {
  const person = pending.room === 0 ? pending.to : direct(pending.room);
  return person === undefined ? `#${pending.room}` : `@${fold(person)}`;
}
