import type { Ticket } from "../effects";
import { fold } from "../fold";
import type { Room, RoomId } from "../types";
import { namesOf } from "./names";
import { OFFLINE } from "./requests";
import type { SessionState } from "./sessionState";

interface Gathering {
  ticket: Ticket;
  names: readonly string[];
}

/** Requests to open direct rooms. The server may answer before it announces the room. A room that is known is not announced. */
export class DirectRooms {
  readonly #session: SessionState;
  /** Answered requests whose room is not announced yet. */
  #waiting: readonly Gathering[] = [];

  constructor(session: SessionState) {
    this.#session = session;
  }

  /** The server has answered a request. */
  done(gathering: Gathering): void {
    const there = this.#session.list.find((room) => room.kind === "direct" && this.#isOf(room, gathering.names));
    if (there === undefined) this.#waiting = [...this.#waiting, gathering];
    else this.#session.outbound.answer(gathering.ticket, { ok: true, value: there.id });
  }

  /** A room was announced: answer the requests that wait for it. */
  announced(room: { id: RoomId; name: string }): void {
    const those = this.#waiting.filter((each) => this.#isOf(room, each.names));
    if (those.length === 0) return;
    this.#waiting = this.#waiting.filter((each) => !those.includes(each));
    for (const each of those) this.#session.outbound.answer(each.ticket, { ok: true, value: room.id });
  }

  /** The connection is lost: answer the requests that wait with `OFFLINE`. */
  lost(): void {
    for (const each of this.#waiting) this.#session.outbound.answer(each.ticket, { ok: false, problem: OFFLINE });
    this.#waiting = [];
  }

  /** Whether a direct room is the one of these people and the user. */
  #isOf(room: Pick<Room, "name">, those: readonly string[]): boolean {
    const there = new Set(namesOf(room.name).map(fold));
    const wanted = new Set(those.map((each) => fold(each.replace(/^@/, ""))));
    wanted.delete(fold(this.#session.me?.name ?? ""));
    return there.size === wanted.size && [...wanted].every((each) => there.has(each));
  }
}
