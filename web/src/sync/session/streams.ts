import { isChange } from "../forms";
import { ProtocolViolation, type RoomFrame } from "../frames";
import type { Millis, RoomEvent, RoomId, Seq } from "../types";
import type { ConnectionLifecycle } from "./connectionLifecycle";
import { mentionsUser, newRoom, RoomState } from "./roomState";
import type { SessionState } from "./sessionState";

/** The streams of rooms' events: where each begins on a connection, and what arrives on it. */
export class RoomStreams {
  readonly #session: SessionState;
  readonly #lifecycle: ConnectionLifecycle;

  constructor(session: SessionState, lifecycle: ConnectionLifecycle) {
    this.#session = session;
    this.#lifecycle = lifecycle;
  }

  /** The server begins to stream a room. */
  begin(frame: RoomFrame): RoomState {
    const { outbound, rooms, windows, drafts } = this.#session;
    let state = rooms.get(frame.id);
    if (state === undefined) {
      state = new RoomState(newRoom(frame, drafts.get(frame.id) ?? ""), null);
      rooms.set(frame.id, state);
      outbound.changed({ what: "members", room: frame.id });
      outbound.changed({ what: "outbox", room: frame.id });
    } else if (state.live) {
      // The server describes a room that it streams already: the stream continues.
      state.describe({ ...frame, tip: Math.max(frame.tip, state.room.tip) });
      outbound.roomChanged(state, true);
      return state;
    }
    const window = state.log.window;
    const shown = !state.log.isEmpty;
    const before = state.end;
    const rewound = state.begin(frame);
    state.rejoining = false;
    const skipped = !rewound && before > 0 && state.end > before;
    if (rewound) {
      state.log.clear();
      outbound.emit({ do: "dropRoom", room: state.id });
    }
    if (shown && (rewound || skipped)) {
      // The shown events are of a replaced history, or lack events and changes. Stay where the reader is.
      windows.reopen(state.id, rewound || window.atTip ? "newest" : { seq: state.log.first });
    }
    if (shown) outbound.changed({ what: "log", room: state.id });
    this.#accepted(frame.id);
    outbound.emit({ do: "putRoom", room: state.room });
    outbound.roomChanged(state, true);
    return state;
  }

  /** Join a room again from which the server has removed the guest. */
  rejoin(state: RoomState): void {
    state.live = false;
    state.rejoining = true;
    this.#session.outbound.ask(
      { what: "join", ticket: null, room: state.id },
      { t: "join", name: state.room.name, room: state.id, seen: { epoch: state.room.epoch, seq: state.end } },
    );
  }

  /**
   * Events have arrived.
   *
   * @throws ProtocolViolation if one is missing.
   */
  take(room: RoomId, events: readonly RoomEvent[], now: Millis): void {
    const { outbound, outbox, rooms, windows, me } = this.#session;
    const state = rooms.get(room);
    // Ignore rooms that were not announced.
    if (state === undefined || !state.live || me === null) return;
    const fresh = events.filter((event) => event.seq > state.end);
    const [first, last] = [fresh[0], fresh.at(-1)];
    if (first === undefined || last === undefined) return;
    if (first.seq !== state.end + 1 || last.seq !== state.end + fresh.length) {
      throw new ProtocolViolation(`Event ${state.end + 1} of ${state.room.name} is missing.`);
    }
    const span = [first.seq, last.seq] as const;
    const changes = state.take(fresh, me.id);
    state.hold(span);
    outbound.emit({
      do: "keep",
      room,
      part: { epoch: state.room.epoch, span, events: fresh, end: last.seq },
    });
    outbound.emit({ do: "putRoom", room: state.room });
    windows.streamed(room, fresh);
    const isAside = state.aside.apply(fresh, me.id);
    if (state.log.addLive(fresh, me.id) || isAside) outbound.changed({ what: "log", room });
    if (outbox.arrived(room, fresh, me.id)) outbound.changed({ what: "outbox", room });
    outbound.roomChanged(state, changes.list);
    if (changes.typing) outbound.changed({ what: "typing", room });
    if (changes.members && state.members !== null) {
      outbound.changed({ what: "members", room });
      outbound.emit({ do: "putMembers", room, members: state.members });
    }
    if (changes.stranger) {
      state.membersFresh = false;
      if (state.membersWanted) this.#session.askMembers(state);
    }
    for (const event of fresh) {
      if (event.seq <= state.tipAtBeginning && !(this.#lifecycle.catchingUp && event.seq > state.room.read)) continue;
      const mine = event.user === me.id;
      if (event.kind === "renamed" && mine) this.#session.rename(event.text);
      const mentioned = isChange(event) ? changes.calls.has(event.seq) : mentionsUser(event, me.id);
      outbound.changed({ what: "arrived", room, event, mine, mentioned: !mine && mentioned });
    }
    this.#session.mark(state, now);
  }

  /** The server has stored a message of the user's. */
  stored(key: string, room: RoomId, seq: Seq): void {
    const { outbound, outbox, rooms } = this.#session;
    const state = rooms.get(room);
    const pending = outbox.stored(key, room, seq, state === undefined || !state.live ? seq : state.end);
    if (pending === undefined) return;
    outbound.emit({ do: "settle", pending });
    outbound.changed({ what: "outbox", room: pending.room });
  }

  /** Remove the invitation to a room that the user has joined. */
  #accepted(room: RoomId): void {
    const { invitations } = this.#session;
    if (!invitations.some((each) => each.room === room)) return;
    this.#session.invitations = invitations.filter((each) => each.room !== room);
    this.#session.outbound.changed({ what: "invitations" });
  }
}
