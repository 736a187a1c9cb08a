import type { Ticket } from "../effects";
import type { Room, RoomId } from "../types";
import { fold, people } from "./names";
import { OFFLINE } from "./requests";
import type { State } from "./sessionState";

interface Gathering {
  ticket: Ticket;
  names: readonly string[];
}

/** Direct rooms that were asked for. That it is done may be said before the room is announced, and of one that is there. */
export class Gatherings {
  readonly #session: State;
  /** Those whose room is still to be announced. */
  #waiting: readonly Gathering[] = [];

  constructor(session: State) {
    this.#session = session;
  }

  /** The server has done it: the room is there, or on its way. */
  done(gathering: Gathering): void {
    const there = this.#session.list.find((room) => room.kind === "direct" && this.#isOf(room, gathering.names));
    if (there === undefined) this.#waiting = [...this.#waiting, gathering];
    else this.#session.outlet.answer(gathering.ticket, { ok: true, value: there.id });
  }

  /** A room is announced; somebody may wait for it. */
  announced(room: { id: RoomId; name: string }): void {
    const those = this.#waiting.filter((each) => this.#isOf(room, each.names));
    if (those.length === 0) return;
    this.#waiting = this.#waiting.filter((each) => !those.includes(each));
    for (const each of those) this.#session.outlet.answer(each.ticket, { ok: true, value: room.id });
  }

  /** The connection is lost. */
  lost(): void {
    for (const each of this.#waiting) this.#session.outlet.answer(each.ticket, { ok: false, problem: OFFLINE });
    this.#waiting = [];
  }

  /** Whether a direct room is that of these people and ourselves. */
  #isOf(room: Pick<Room, "name">, those: readonly string[]): boolean {
    const there = new Set(people(room.name).map(fold));
    const wanted = new Set(those.map((each) => fold(each.replace(/^@/, ""))));
    wanted.delete(fold(this.#session.me?.name ?? ""));
    return there.size === wanted.size && [...wanted].every((each) => there.has(each));
  }
}
