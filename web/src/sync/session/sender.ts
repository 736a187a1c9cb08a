import { type ClientFrame, frameBytes } from "../frames";
import type { Millis, Pending, Problem, RoomId } from "../types";
import { people } from "./names";
import type { Outlet } from "./outbound";
import { laneOf, type Outbox } from "./outbox";
import { TOO_LONG } from "./requests";
import type { RoomState } from "./roomState";

/** A refusal that says to try again later than that is for good. */
const WAIT_MOST = 60_000;

/**
 * Sends what is in the outbox, as long as this is the one tab that does. That tab alone may discard as well: of what another one
 * is about to send nobody knows whether it is sent.
 */
export class Posting {
  readonly #outbox: Outbox;
  readonly #outlet: Outlet;
  readonly #rooms: ReadonlyMap<RoomId, RoomState>;
  #wanted = false;
  #allowed = false;
  /** Whether the outbox in the store was looked at on this connection. */
  #looked = false;
  /** Messages that are not to be sent, as soon as we may say so. */
  readonly #unwanted = new Set<string>();
  #stalledUntil: Millis = 0;
  /** Destinations that have to wait for themselves. */
  readonly #laneStalls = new Map<string, Millis>();

  constructor(outbox: Outbox, outlet: Outlet, rooms: ReadonlyMap<RoomId, RoomState>) {
    this.#outbox = outbox;
    this.#outlet = outlet;
    this.#rooms = rooms;
  }

  /** When `pump` wants to be called again; infinite if it does not. */
  get deadline(): Millis {
    if (!this.#allowed) return Number.POSITIVE_INFINITY;
    const stalled = this.#stalledUntil > 0 ? this.#stalledUntil : Number.POSITIVE_INFINITY;
    return Math.min(stalled, ...this.#laneStalls.values());
  }

  /** There is a connection. Another tab may have written something: the store is looked at, whatever is known here. */
  begin(): void {
    this.#looked = this.#allowed = false;
  }

  /** The connection is lost: nothing is under way, and another tab may be the one that comes back first. */
  end(): void {
    for (const room of this.#outbox.landAll()) this.#outlet.changed({ what: "outbox", room });
    this.#let();
    this.#laneStalls.clear();
    this.#stalledUntil = 0;
    if (this.#unwanted.size > 0) this.#want();
  }

  /** We are the one tab that sends; the outbox was read from the store since. */
  granted(now: Millis): void {
    this.#looked = true;
    this.#allowed = this.#wanted;
    this.pump(now);
  }

  /** A message is not to be sent. Returns whether it is gone; if not, that is still to be found out, or too late. */
  discard(key: string, now: Millis): boolean {
    if (!this.#outbox.isIdle(key)) return false;
    this.#unwanted.add(key);
    if (!this.#allowed) this.#outlet.emit({ do: "unwanted", key });
    this.pump(now);
    return this.#outbox.get(key) === undefined;
  }

  /** Another tab does not want a message to be sent: it is up to us, if we are the one that sends. */
  unwanted(key: string, now: Millis): void {
    if (this.#allowed) this.#unwanted.add(key);
    this.pump(now);
  }

  /** Send what can be sent. */
  pump(now: Millis): void {
    this.#discardUnwanted();
    if (this.#unwanted.size > 0) this.#want();
    if (!this.#outlet.ready) {
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

  /** The server does not store a message, for now or for good. */
  refused(key: string, problem: Problem, now: Millis): void {
    const pending = this.#outbox.get(key);
    if (pending === undefined || !this.#outbox.isFlying(key)) return;
    if (problem.retryAfter === undefined || problem.retryAfter > WAIT_MOST) {
      this.#refuse(key, problem);
      return;
    }
    const until = now + Math.max(problem.retryAfter, 1);
    // In slow mode it is this room that has to wait; of everything else it is the server.
    if (problem.code === "slow") this.#laneStalls.set(this.#lane(pending), until);
    else this.#stalledUntil = Math.max(this.#stalledUntil, until);
    this.#outbox.land(key, problem);
    this.#outlet.changed({ what: "outbox", room: pending.room });
  }

  #want(): void {
    if (!this.#wanted) this.#outlet.emit({ do: "post", wanted: true });
    this.#wanted = true;
  }

  #let(): void {
    if (this.#wanted) this.#outlet.emit({ do: "post", wanted: false });
    this.#wanted = this.#allowed = false;
  }

  #discardUnwanted(): void {
    for (const key of this.#unwanted) {
      const idle = this.#outbox.isIdle(key);
      if (idle && !this.#allowed) continue;
      this.#unwanted.delete(key);
      const pending = idle ? this.#outbox.discard(key) : undefined;
      if (pending === undefined) continue; // it was sent, or discarded, elsewhere
      this.#outlet.emit({ do: "settle", pending });
      this.#outlet.changed({ what: "outbox", room: pending.room });
    }
  }

  #send({ key, room, to, text, kind }: Pending): void {
    const frame: ClientFrame = room === 0 ? { t: "tell", key, to: to ?? "", text } : { t: "send", key, room, text };
    if (kind === "action") frame.kind = "action";
    if (frameBytes(frame) > this.#outlet.limits.frameBytes) {
      // The server would end the connection, again and again.
      this.#refuse(key, TOO_LONG);
      return;
    }
    this.#outbox.fly(key);
    this.#outlet.changed({ what: "outbox", room });
    this.#outlet.transmit(frame);
  }

  #refuse(key: string, problem: Problem): void {
    const pending = this.#outbox.refuse(key, problem);
    if (pending === undefined) return;
    this.#outlet.emit({ do: "refused", pending, problem });
    this.#outlet.changed({ what: "outbox", room: pending.room });
  }

  #lane = (pending: Pending): string => {
    return laneOf(pending, (room) => {
      const known = this.#rooms.get(room)?.room;
      return known?.kind === "direct" && people(known.name).length === 1 ? known.name : undefined;
    });
  };
}
