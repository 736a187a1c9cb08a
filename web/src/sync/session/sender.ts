import { type ClientFrame, frameBytes } from "../frames";
import type { Millis, Pending, Problem, RoomId } from "../types";
import { namesOf } from "./names";
import type { Outbound } from "./outbound";
import { laneOf, type Outbox } from "./outbox";
import { TOO_LONG } from "./requests";
import type { RoomState } from "./roomState";

/** If the server asks for a longer pause than this, in milliseconds, before the next attempt, the message is refused for good. */
const WAIT_MOST = 60_000;

/**
 * Sends the messages of the outbox while this tab holds the lock for that. Only the tab with the lock removes discarded
 * messages: no other tab can know whether a message was already sent.
 */
export class OutboxSender {
  readonly #outbox: Outbox;
  readonly #outbound: Outbound;
  readonly #rooms: ReadonlyMap<RoomId, RoomState>;
  #wanted = false;
  #allowed = false;
  /** Whether the stored outbox was read since the connection was made. */
  #looked = false;
  /** Keys of messages that the user has discarded; they are removed when this tab holds the lock. */
  readonly #unwanted = new Set<string>();
  #stalledUntil: Millis = 0;
  /** Destinations to which nothing is sent before a time, because of slow mode. */
  readonly #laneStalls = new Map<string, Millis>();

  constructor(outbox: Outbox, outbound: Outbound, rooms: ReadonlyMap<RoomId, RoomState>) {
    this.#outbox = outbox;
    this.#outbound = outbound;
    this.#rooms = rooms;
  }

  /** When to call `pump` again; infinite for never. */
  get deadline(): Millis {
    if (!this.#allowed) return Number.POSITIVE_INFINITY;
    const stalled = this.#stalledUntil > 0 ? this.#stalledUntil : Number.POSITIVE_INFINITY;
    return Math.min(stalled, ...this.#laneStalls.values());
  }

  /** The connection is ready. Another tab may have added messages, so the stored outbox has to be read. */
  begin(): void {
    this.#looked = this.#allowed = false;
  }

  /** The connection is lost. Give up the lock: another tab may reconnect first. */
  end(): void {
    for (const room of this.#outbox.requeueAll()) this.#outbound.changed({ what: "outbox", room });
    this.#let();
    this.#laneStalls.clear();
    this.#stalledUntil = 0;
    if (this.#unwanted.size > 0) this.#want();
  }

  /** This tab holds the lock, and has read the stored outbox since it got it. */
  granted(now: Millis): void {
    this.#looked = true;
    this.#allowed = this.#wanted;
    this.pump(now);
  }

  /** Discard a message. Returns whether it is removed now. If not, this tab needs the lock first, or the message was sent. */
  discard(key: string, now: Millis): boolean {
    if (!this.#outbox.isIdle(key)) return false;
    this.#unwanted.add(key);
    if (!this.#allowed) this.#outbound.emit({ do: "unwanted", key });
    this.pump(now);
    return this.#outbox.get(key) === undefined;
  }

  /** The user has discarded a message in another tab: remove it if this tab holds the lock. */
  unwanted(key: string, now: Millis): void {
    if (this.#allowed) this.#unwanted.add(key);
    this.pump(now);
  }

  /** Send all messages that can be sent now. */
  pump(now: Millis): void {
    this.#discardUnwanted();
    if (this.#unwanted.size > 0) this.#want();
    if (!this.#outbound.ready) {
      if (this.#unwanted.size === 0) this.#let();
      return;
    }
    if (!this.#looked || this.#outbox.hasQueued) this.#want();
    if (this.#stalledUntil <= now) this.#stalledUntil = 0;
    for (const [lane, until] of this.#laneStalls) if (until <= now) this.#laneStalls.delete(lane);
    if (this.#allowed && this.#stalledUntil === 0) {
      for (const pending of this.#outbox.next(this.#lane)) {
        const waits = this.#laneStalls.has(this.#lane(pending)) || this.#rooms.get(pending.room)?.rejoining === true;
        if (!waits) this.#send(pending);
      }
    }
    if (this.#looked && !this.#outbox.hasQueued && this.#unwanted.size === 0) this.#let();
  }

  /** The server has refused a message, for a while or for good. */
  refused(key: string, problem: Problem, now: Millis): void {
    const pending = this.#outbox.get(key);
    if (pending === undefined || !this.#outbox.isInFlight(key)) return;
    if (problem.retryAfter === undefined || problem.retryAfter > WAIT_MOST) {
      this.#refuse(key, problem);
      return;
    }
    const until = now + Math.max(problem.retryAfter, 1);
    // Slow mode delays the messages to one room. Any other refusal with `retryAfter` delays all messages.
    if (problem.code === "slow") this.#laneStalls.set(this.#lane(pending), until);
    else this.#stalledUntil = Math.max(this.#stalledUntil, until);
    this.#outbox.requeue(key, problem);
    this.#outbound.changed({ what: "outbox", room: pending.room });
  }

  #want(): void {
    if (!this.#wanted) this.#outbound.emit({ do: "post", wanted: true });
    this.#wanted = true;
  }

  #let(): void {
    if (this.#wanted) this.#outbound.emit({ do: "post", wanted: false });
    this.#wanted = this.#allowed = false;
  }

  #discardUnwanted(): void {
    for (const key of this.#unwanted) {
      const idle = this.#outbox.isIdle(key);
      if (idle && !this.#allowed) continue;
      this.#unwanted.delete(key);
      const pending = idle ? this.#outbox.discard(key) : undefined;
      if (pending === undefined) continue; // it was sent or discarded in another tab
      this.#outbound.emit({ do: "settle", pending });
      this.#outbound.changed({ what: "outbox", room: pending.room });
    }
  }

  #send(pending: Pending): void {
    const { key, room } = pending;
    const frame = frameOf(pending);
    if (frameBytes(frame) > this.#outbound.limits.frameBytes) {
      // The server would close the connection at each attempt.
      this.#refuse(key, TOO_LONG);
      return;
    }
    this.#outbox.markSending(key);
    this.#outbound.changed({ what: "outbox", room });
    this.#outbound.transmit(frame);
  }

  #refuse(key: string, problem: Problem): void {
    const pending = this.#outbox.refuse(key, problem);
    if (pending === undefined) return;
    this.#outbound.emit({ do: "refused", pending, problem });
    this.#outbound.changed({ what: "outbox", room: pending.room });
  }

  #lane = (pending: Pending): string => {
    // Changes of one message go one after the other, but do not wait for other messages.
    if (pending.target !== undefined) return `${pending.room}!${pending.target}`;
    return laneOf(pending, (room) => {
      const known = this.#rooms.get(room)?.room;
      return known?.kind === "direct" && namesOf(known.name).length === 1 ? known.name : undefined;
    });
  };
}

/** The frame that sends an entry of the outbox. A change has its key as its id: the answer to it has no key. */
function frameOf({ key, room, to, text, kind, target: seq = 0, reply, thread, also }: Pending): ClientFrame {
  switch (kind) {
    case "edit":
      return { t: "edit", id: key, key, room, seq, text };
    case "erase":
      return { t: "erase", id: key, key, room, seq };
    case "react":
    case "unreact":
      return { t: "react", id: key, key, room, seq, emoji: text, on: kind === "react" };
    default: {
      const plain: ClientFrame = room === 0 ? { t: "tell", key, to: to ?? "", text } : { t: "send", key, room, text };
      if (kind === "action") plain.kind = "action";
      if (plain.t !== "send") return plain;
      return {
        ...plain,
        ...(reply === undefined ? {} : { reply }),
        ...(thread === undefined ? {} : { thread }),
        ...(also === true ? { also } : {}),
      };
    }
  }
}
