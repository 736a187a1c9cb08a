import type { Effect, Ticket } from "../effects";
import type { ClientFrame } from "../frames";
import type { Answer, Change, Limits } from "../types";
import { OFFLINE, type Question, type Request } from "./requests";
import type { RoomState } from "./roomState";

/** Where what shall happen goes, and where questions to the server wait for their answers. */
export class Outlet {
  /** Whether the server takes questions. */
  ready = false;
  /** The server's, or what they usually are as long as it has not said. */
  limits: Limits = { frameBytes: 16_384, textChars: 8_000, nameChars: 32, topicChars: 250, page: 200 };
  #effects: Effect[] = [];
  readonly #requests = new Map<string, Request>();
  #lastId = 0;

  /** What has to be done since the last call, in order. */
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

  /** A room is not what it was; `list` says whether a list of rooms shows that. */
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

  /** Ask the server; without a connection the answer is that there is none. */
  ask(request: Request, frame: Question): void {
    if (!this.ready) {
      if ("ticket" in request) this.answer(request.ticket, { ok: false, problem: OFFLINE });
      return;
    }
    const id = `r${++this.#lastId}`;
    this.#requests.set(id, request);
    this.transmit({ ...frame, id } as ClientFrame);
  }

  /** Whether such a question is on its way. */
  asks(isIt: (request: Request) => boolean): boolean {
    return [...this.#requests.values()].some(isIt);
  }

  /** The question that an answer belongs to; it is answered by that. */
  take(id: string | null): Request | undefined {
    const request = id === null ? undefined : this.#requests.get(id);
    if (id !== null) this.#requests.delete(id);
    return request;
  }

  /** The question that an answer belongs to, if it is of that sort. */
  takeIf<What extends Request["what"]>(id: string | null, what: What): (Request & { what: What }) | undefined {
    const request = id === null ? undefined : this.#requests.get(id);
    return request?.what === what ? (this.take(id) as Request & { what: What }) : undefined;
  }

  /** All questions; nobody answers them any more. */
  takeAll(): Request[] {
    const requests = [...this.#requests.values()];
    this.#requests.clear();
    return requests;
  }
}
