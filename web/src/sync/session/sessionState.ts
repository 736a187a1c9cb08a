import type { Hours, Invited, Limits, Me, Millis, Room, RoomId } from "../types";
import { Windows } from "./logWindows";
import { Outlet } from "./outbound";
import { Outbox } from "./outbox";
import { NOT_THERE } from "./requests";
import type { RoomState } from "./roomState";
import { Posting } from "./sender";

/** What a session keeps in mind: who one is, the rooms, what was written, and what the server was asked. */
export class State {
  me: Me | null = null;
  server: { name: string; limits: Limits } | null = null;
  hours: Hours | null = null;
  /** For clients without a cookie. */
  token: string | null;
  invitations: readonly Invited[] = [];
  readonly outlet = new Outlet();
  readonly outbox = new Outbox();
  readonly rooms = new Map<RoomId, RoomState>();
  readonly windows = new Windows(this.outlet, this.rooms);
  readonly posting = new Posting(this.outbox, this.outlet, this.rooms);
  readonly drafts = new Map<RoomId, string>();
  /** Rooms that are too far behind for everything to be streamed. */
  readonly skipped = new Set<RoomId>();
  #list: readonly Room[] = [];

  constructor(token: string | null) {
    this.token = token;
  }

  /** The rooms, by their ids; the same list as long as they are the same. */
  get list(): readonly Room[] {
    const rooms = [...this.rooms.values()].map((state) => state.room).sort((one, other) => one.id - other.id);
    const same = rooms.length === this.#list.length && rooms.every((room, index) => room === this.#list[index]);
    if (!same) this.#list = rooms;
    return this.#list;
  }

  /** Have the store keep who one is. */
  remember(): void {
    if (this.me === null || this.server === null) return;
    this.outlet.emit({ do: "remember", identity: { me: this.me, server: this.server.name, token: this.token } });
  }

  rename(name: string): void {
    if (this.me === null || this.me.name === name) return;
    this.me = { ...this.me, name };
    this.outlet.changed({ what: "me" });
    this.remember();
  }

  /** Tell the server how far we are in a room, as far as that is owed by now. */
  mark(state: RoomState, now: Millis): void {
    if (!this.outlet.ready) return;
    for (const frame of state.owed(now)) this.outlet.transmit(frame);
  }

  /** Ask who is in a room, unless that is asked already. */
  askMembers(state: RoomState): void {
    if (this.outlet.asks((request) => request.what === "members" && request.room === state.id)) return;
    this.outlet.ask({ what: "members", room: state.id }, { t: "members", room: state.id });
  }

  /** We are not in a room any more. */
  drop(state: RoomState): void {
    this.rooms.delete(state.id);
    state.rejoining = false;
    this.windows.deny(state.id, NOT_THERE);
    this.windows.release(state);
    state.lost();
    this.outlet.emit({ do: "dropRoom", room: state.id });
    this.outlet.changed({ what: "rooms" });
    this.outlet.changed({ what: "room", room: state.id });
    this.outlet.changed({ what: "log", room: state.id });
  }

  /** Forget what is known of the user: it is of no interest to the next one. */
  forgetUser(): void {
    const rooms = [...this.rooms.keys()];
    for (const state of this.rooms.values()) this.windows.release(state);
    this.rooms.clear();
    this.drafts.clear();
    this.outbox.clear();
    this.invitations = [];
    this.skipped.clear();
    this.me = null;
    this.hours = null;
    this.outlet.changed({ what: "me" });
    this.outlet.changed({ what: "rooms" });
    this.outlet.changed({ what: "invitations" });
    this.outlet.changed({ what: "hours" });
    for (const room of rooms) {
      this.outlet.changed({ what: "room", room });
      this.outlet.changed({ what: "log", room });
      this.outlet.changed({ what: "outbox", room });
    }
  }
}
