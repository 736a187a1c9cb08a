import type { Effect, Ticket } from "../effects";
import type { ClientFrame } from "../frames";
import type { Answer, Change, Limits } from "../types";
import { OFFLINE, type Question, type Request } from "./requests";
import type { RoomState } from "./roomState";

/** The output of a session: effects to be performed, and questions to the server that wait for answers. */
export class Outbound {
  /** Whether the session is signed in at the server. */
  ready = false;
  /** The server's limits; the usual ones until it has stated them. */
  limits: Limits = { frameBytes: 16_384, textChars: 8_000, nameChars: 32, topicChars: 250, page: 200 };
  #effects: Effect[] = [];
  readonly #requests = new Map<string, Request>();
  #lastId = 0;

  /** The effects since the last call, in order. */
  effects(): Effect[] {
    const effects = this.#effects;
    this.#effects = [];
    return effects;
  }

  emit(effect: Effect): void {
    this.#effects.push(effect);
  }

  changed(change: Change): void {
    this.emit({ do: "changed", change });
  }

  /** Report that a room has changed. `list`: whether the list of rooms shows what has changed. */
  roomChanged(state: RoomState, list: boolean): void {
    this.changed({ what: "room", room: state.id });
    if (list) this.changed({ what: "rooms" });
  }

  answer(ticket: Ticket | null, answer: Answer<unknown>): void {
    if (ticket !== null) this.emit({ do: "answer", ticket, answer });
  }

  transmit(frame: ClientFrame): void {
    this.emit({ do: "transmit", frame });
  }

  /** Ask the server. Without a connection the request is answered with `OFFLINE`. */
  ask(request: Request, frame: Question): void {
    if (!this.ready) {
      if ("ticket" in request) this.answer(request.ticket, { ok: false, problem: OFFLINE });
      return;
    }
    const id = `r${++this.#lastId}`;
    this.#requests.set(id, request);
    this.transmit({ ...frame, id } as ClientFrame);
  }

  /** Whether a question for which `isIt` returns true waits for its answer. */
  asks(isIt: (request: Request) => boolean): boolean {
    return [...this.#requests.values()].some(isIt);
  }

  /** Remove and return the question with this id, which an answer has named. */
  take(id: string | null): Request | undefined {
    const request = id === null ? undefined : this.#requests.get(id);
    if (id !== null) this.#requests.delete(id);
    return request;
  }

  /** Like `take`, but only if the question is of the kind `what`. */
  takeIf<What extends Request["what"]>(id: string | null, what: What): (Request & { what: What }) | undefined {
    const request = id === null ? undefined : this.#requests.get(id);
    return request?.what === what ? (this.take(id) as Request & { what: What }) : undefined;
  }

  /** Remove and return all questions. Called when the connection is lost: the server will not answer them. */
  takeAll(): Request[] {
    const requests = [...this.#requests.values()];
    this.#requests.clear();
    return requests;
  }
}
