import { fold } from "../fold";
import type { Pending, Problem, RoomEvent, RoomId, Seq, UserId } from "../types";

/**
 * The messages that the server has not stored yet, in the order in which they were written. Only one message per destination is
 * in flight: of two in flight, the server could refuse the first for a while and store the second, in the wrong order.
 */
export class Outbox {
  #entries: Pending[] = [];
  /** The messages to show in each room; a list is made when it is asked for. */
  readonly #lists = new Map<RoomId, readonly Pending[]>();
  /** The keys of messages that were sent and are not answered. */
  readonly #inFlight = new Set<string>();
  /** Messages that the server has stored but whose event has not arrived: shown until then, or they would vanish meanwhile. */
  readonly #stored = new Map<string, { room: RoomId; seq: Seq }>();
  /** Messages in flight for which an event with the same text has arrived: hidden, so that they are not shown twice. */
  readonly #hidden = new Set<string>();
  /** Keys of messages that may have been sent: the server may have them. */
  readonly #sent = new Set<string>();
  /** Keys of discarded messages: `replace` must not add them again from a list that was read before the discard. */
  readonly #discarded = new Set<string>();

  get all(): readonly Pending[] {
    return this.#entries;
  }

  /** The messages that the server has not confirmed to have stored. */
  get unsent(): readonly Pending[] {
    return this.#entries.filter((entry) => !this.#stored.has(entry.key));
  }

  /** Whether any message waits to be sent or answered. */
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
   * Replace the messages by those of the stored outbox. Returns the rooms whose list has changed.
   *
   * @param entries in order. Messages that are in flight here stay in flight.
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
      const state = entry.state === "refused" ? "refused" : this.#inFlight.has(entry.key) ? "sending" : "queued";
      if (known !== undefined && known.state === state && known.room === entry.room && known.text === entry.text)
        return known;
      // Another tab, or this one before it was loaded, may have sent it.
      if (known === undefined) this.#sent.add(entry.key);
      changed.add(entry.room);
      return { ...entry, state };
    });
    for (const gone of before.values()) {
      changed.add(gone.room);
      this.#inFlight.delete(gone.key);
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
    this.#inFlight.delete(key);
    this.#stored.delete(key);
    this.#hidden.delete(key);
    this.#lists.delete(entry.room);
    return entry;
  }

  /**
   * The server has stored a message. It is shown until its event arrives.
   *
   * @param end the seq up to which the room's events have arrived.
   */
  stored(key: string, room: RoomId, seq: Seq, end: Seq): Pending | undefined {
    const entry = this.get(key);
    if (entry === undefined || this.#stored.has(key)) return undefined;
    if (seq <= end || entry.room !== room) return this.remove(key);
    this.#inFlight.delete(key);
    this.#stored.set(key, { room, seq });
    return entry;
  }

  /** Events have arrived. Returns whether the room's list has changed. */
  arrived(room: RoomId, events: readonly RoomEvent[], me: UserId): boolean {
    let changed = false;
    const last = events.at(-1)?.seq ?? 0;
    for (const [key, place] of [...this.#stored]) {
      if (place.room !== room || place.seq > last) continue;
      this.remove(key);
      changed = true;
    }
    if (this.#inFlight.size === 0) return changed;
    for (const entry of this.#entries) {
      if (entry.room !== room || !this.#inFlight.has(entry.key) || this.#hidden.has(entry.key)) continue;
      const { text, kind } = entry;
      // Only the frame `stored` tells for certain that this event is that message, and it may arrive after the event.
      if (!events.some((event) => event.user === me && event.kind === kind && event.text === text)) continue;
      this.#hidden.add(entry.key);
      this.#lists.delete(room);
      changed = true;
    }
    return changed;
  }

  /** The messages to send next: the first of each destination, unless it is in flight. */
  next(lane: (pending: Pending) => string): Pending[] {
    const taken = new Set<string>();
    const next: Pending[] = [];
    for (const entry of this.#entries) {
      if (entry.state === "refused" || this.#stored.has(entry.key)) continue;
      const destination = lane(entry);
      if (taken.has(destination)) continue;
      taken.add(destination);
      if (!this.#inFlight.has(entry.key)) next.push(entry);
    }
    return next;
  }

  /** Remove a message that the user has discarded. `replace` does not add it again. */
  discard(key: string): Pending | undefined {
    this.#discarded.add(key);
    return this.remove(key);
  }

  /** Whether the message waits here and was not sent. */
  isIdle(key: string): boolean {
    return !this.#inFlight.has(key) && !this.#stored.has(key) && this.get(key) !== undefined;
  }

  /** Whether a message waits here and was certainly never sent. */
  isUnsent(key: string): boolean {
    return this.isIdle(key) && !this.#sent.has(key);
  }

  /** Write a message differently that was never sent. */
  rewrite(key: string, text: string): Pending | undefined {
    if (this.isUnsent(key)) this.#change(key, (entry) => ({ ...entry, text }));
    return this.get(key);
  }

  isInFlight(key: string): boolean {
    return this.#inFlight.has(key);
  }

  markSending(key: string): void {
    this.#inFlight.add(key);
    this.#sent.add(key);
    this.#change(key, (entry) => ({ ...without(entry), state: "sending" }));
  }

  /** A message in flight was not stored: it has to be sent again. */
  requeue(key: string, problem?: Problem): void {
    this.#inFlight.delete(key);
    this.#hidden.delete(key);
    this.#change(key, (entry) => ({
      ...without(entry),
      state: "queued",
      ...(problem === undefined ? {} : { problem }),
    }));
  }

  /** The connection has ended: nothing is in flight. Returns the rooms whose list has changed. */
  requeueAll(): Set<RoomId> {
    const rooms = new Set<RoomId>();
    for (const key of [...this.#stored.keys()]) {
      const entry = this.remove(key);
      if (entry !== undefined) rooms.add(entry.room);
    }
    for (const key of [...this.#inFlight]) {
      const entry = this.get(key);
      if (entry !== undefined) rooms.add(entry.room);
      this.requeue(key);
    }
    return rooms;
  }

  refuse(key: string, problem: Problem): Pending | undefined {
    this.#inFlight.delete(key);
    this.#hidden.delete(key);
    this.#change(key, (entry) => ({ ...entry, state: "refused", problem }));
    return this.get(key);
  }

  clear(): void {
    this.#entries = [];
    this.#inFlight.clear();
    this.#stored.clear();
    this.#hidden.clear();
    this.#discarded.clear();
    this.#sent.clear();
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
 * The destination of a message. Messages to one person have one destination, whether their direct room was known or not.
 *
 * @param direct the name of a direct room of two; undefined for any other.
 */
export function laneOf(pending: Pending, direct: (room: RoomId) => string | undefined): string {
  const person = pending.room === 0 ? pending.to : direct(pending.room);
  return person === undefined ? `#${pending.room}` : `@${fold(person)}`;
}
