import { Fault, type RoomFrame } from "../frames";
import type { Millis, RoomEvent, RoomId, Seq } from "../types";
import type { Link } from "./connectionLifecycle";
import { mentionsUser, newRoom, RoomState } from "./roomState";
import type { State } from "./sessionState";

/** The streams of rooms: where each begins on a connection, and the events that follow one another in it. */
export class Streams {
  readonly #session: State;
  readonly #link: Link;

  constructor(session: State, link: Link) {
    this.#session = session;
    this.#link = link;
  }

  /** The server begins to stream a room, which is what it says. */
  begin(frame: RoomFrame): RoomState {
    const { outlet, rooms, windows, drafts } = this.#session;
    let state = rooms.get(frame.id);
    if (state === undefined) {
      state = new RoomState(newRoom(frame, drafts.get(frame.id) ?? ""), null);
      rooms.set(frame.id, state);
      outlet.changed({ what: "members", room: frame.id });
      outlet.changed({ what: "outbox", room: frame.id });
    } else if (state.live) {
      // Said twice; the stream goes on where it is.
      state.describe({ ...frame, tip: Math.max(frame.tip, state.room.tip) });
      outlet.roomChanged(state, true);
      return state;
    }
    const window = state.log.window;
    const shown = window.events.length > 0;
    const rewound = state.begin(frame);
    state.rejoining = false;
    if (rewound) {
      state.log.clear();
      outlet.emit({ do: "dropRoom", room: state.id });
    }
    if (shown && (rewound || (window.atTip && !state.log.window.atTip))) {
      // What was on the screen is gone, or what follows on it is too far away.
      windows.reopen(state.id);
    }
    if (shown) outlet.changed({ what: "log", room: state.id });
    this.#accepted(frame.id);
    outlet.emit({ do: "putRoom", room: state.room });
    outlet.roomChanged(state, true);
    return state;
  }

  /** Ask to be let in again where the server held a place for a while only. */
  rejoin(state: RoomState): void {
    state.live = false;
    state.rejoining = true;
    this.#session.outlet.ask(
      { what: "join", ticket: null, room: state.id },
      { t: "join", name: state.room.name, room: state.id, seen: { epoch: state.room.epoch, seq: state.end } },
    );
  }

  /**
   * Events have come.
   *
   * @throws Fault if one is missing.
   */
  take(room: RoomId, events: readonly RoomEvent[], now: Millis): void {
    const { outlet, outbox, rooms, me } = this.#session;
    const state = rooms.get(room);
    // Of a room that the server has not announced nothing can be shown in order.
    if (state === undefined || !state.live || me === null) return;
    const fresh = events.filter((event) => event.seq > state.end);
    const [first, last] = [fresh[0], fresh.at(-1)];
    if (first === undefined || last === undefined) return;
    if (first.seq !== state.end + 1 || last.seq !== state.end + fresh.length) {
      throw new Fault(`Event ${state.end + 1} of ${state.room.name} is missing.`);
    }
    const span = [first.seq, last.seq] as const;
    const changes = state.take(fresh, me.id);
    state.hold(span);
    outlet.emit({ do: "keep", room, epoch: state.room.epoch, span, events: fresh });
    outlet.emit({ do: "putRoom", room: state.room });
    if (state.log.addLive(fresh)) outlet.changed({ what: "log", room });
    if (outbox.arrived(room, fresh, me.id)) outlet.changed({ what: "outbox", room });
    outlet.roomChanged(state, changes.list);
    if (changes.typing) outlet.changed({ what: "typing", room });
    if (changes.members && state.members !== null) {
      outlet.changed({ what: "members", room });
      outlet.emit({ do: "putMembers", room, members: state.members });
    }
    if (changes.stranger) {
      state.membersFresh = false;
      if (state.membersWanted) this.#session.askMembers(state);
    }
    for (const event of fresh) {
      if (event.seq <= state.tipAtBeginning && !(this.#link.catchingUp && event.seq > state.room.read)) continue;
      const mine = event.user === me.id;
      if (event.kind === "renamed" && mine) this.#session.rename(event.text);
      outlet.changed({ what: "arrived", room, event, mine, mentioned: !mine && mentionsUser(event, me.id) });
    }
    this.#session.mark(state, now);
  }

  /** A message of ours is in a room's log. */
  stored(key: string, room: RoomId, seq: Seq): void {
    const { outlet, outbox, rooms } = this.#session;
    const state = rooms.get(room);
    const pending = outbox.stored(key, room, seq, state === undefined || !state.live ? seq : state.end);
    if (pending === undefined) return;
    outlet.emit({ do: "settle", pending });
    outlet.changed({ what: "outbox", room: pending.room });
  }

  /** An invitation to a room that one is in is one no longer. */
  #accepted(room: RoomId): void {
    const { invitations } = this.#session;
    if (!invitations.some((each) => each.room === room)) return;
    this.#session.invitations = invitations.filter((each) => each.room !== room);
    this.#session.outlet.changed({ what: "invitations" });
  }
}
