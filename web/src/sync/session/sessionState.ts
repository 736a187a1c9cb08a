import type { Hours, Invited, Limits, Me, Millis, Room, RoomId } from "../types";
import { LogWindows } from "./logWindows";
import { Outbound } from "./outbound";
import { Outbox } from "./outbox";
import { NOT_THERE } from "./requests";
import type { RoomState } from "./roomState";
import { OutboxSender } from "./sender";

/** The state that the parts of a session share: the user, the rooms, the outbox, and the open questions. */
export class SessionState {
  me: Me | null = null;
  server: { name: string; limits: Limits } | null = null;
  hours: Hours | null = null;
  /** The user's token, for clients that have no cookie (under Node). */
  token: string | null;
  invitations: readonly Invited[] = [];
  readonly outbound = new Outbound();
  readonly outbox = new Outbox();
  readonly rooms = new Map<RoomId, RoomState>();
  readonly windows = new LogWindows(this.outbound, this.rooms);
  readonly sender = new OutboxSender(this.outbox, this.outbound, this.rooms);
  readonly drafts = new Map<RoomId, string>();
  /** Rooms that are streamed from their end, because too many events were missed. */
  readonly skipped = new Set<RoomId>();
  #list: readonly Room[] = [];

  constructor(token: string | null) {
    this.token = token;
  }

  /** The rooms in the order of their ids. The list is the same object until a room changes. */
  get list(): readonly Room[] {
    const rooms = [...this.rooms.values()].map((state) => state.room).sort((one, other) => one.id - other.id);
    const same = rooms.length === this.#list.length && rooms.every((room, index) => room === this.#list[index]);
    if (!same) this.#list = rooms;
    return this.#list;
  }

  /** Store who the user is. */
  remember(): void {
    if (this.me === null || this.server === null) return;
    this.outbound.emit({ do: "remember", identity: { me: this.me, server: this.server.name, token: this.token } });
  }

  rename(name: string): void {
    if (this.me === null || this.me.name === name) return;
    this.me = { ...this.me, name };
    this.outbound.changed({ what: "me" });
    this.remember();
  }

  /** Send the marks of a room that are due. */
  mark(state: RoomState, now: Millis): void {
    if (!this.outbound.ready) return;
    for (const frame of state.marksToSend(now)) this.outbound.transmit(frame);
  }

  /** Load the members of a room, unless that is under way. */
  askMembers(state: RoomState): void {
    if (this.outbound.asks((request) => request.what === "members" && request.room === state.id)) return;
    this.outbound.ask({ what: "members", room: state.id }, { t: "members", room: state.id });
  }

  /** Remove a room that the user is no longer in. */
  drop(state: RoomState): void {
    this.rooms.delete(state.id);
    state.rejoining = false;
    this.windows.deny(state.id, NOT_THERE);
    this.windows.release(state);
    state.lost();
    this.outbound.emit({ do: "dropRoom", room: state.id });
    this.outbound.changed({ what: "rooms" });
    this.outbound.changed({ what: "room", room: state.id });
    this.outbound.changed({ what: "log", room: state.id });
  }

  /** Drop all data of the user. */
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
    this.outbound.changed({ what: "me" });
    this.outbound.changed({ what: "rooms" });
    this.outbound.changed({ what: "invitations" });
    this.outbound.changed({ what: "hours" });
    for (const room of rooms) {
      this.outbound.changed({ what: "room", room });
      this.outbound.changed({ what: "log", room });
      this.outbound.changed({ what: "outbox", room });
    }
  }
}
