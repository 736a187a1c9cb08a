import type { Mark, ServerFrame } from "../frames";
import type { Member, Millis, RoomId, UserId } from "../types";
import type { RoomState } from "./roomState";
import type { State } from "./sessionState";

/** Who is in rooms: how they are shown, who is there, who is typing, and how far each one is. */
export class Members {
  readonly #session: State;

  constructor(session: State) {
    this.#session = session;
  }

  /** A screen shows who is in a room. */
  want(state: RoomState): void {
    state.membersWanted = true;
    if (state.live && !state.membersFresh) this.#session.askMembers(state);
  }

  /** The server says who is in the room that it was asked about. */
  take(id: string | null, members: readonly Member[]): void {
    const { outlet, rooms } = this.#session;
    const request = outlet.takeIf(id, "members");
    const state = request === undefined ? undefined : rooms.get(request.room);
    if (state === undefined) return;
    state.members = members;
    state.membersFresh = true;
    this.#seeMyself(members);
    // Of a conversation, those who have left the server are part for good, and not in the list.
    if (state.room.kind !== "direct" && state.room.members !== members.length) {
      state.room = { ...state.room, members: members.length };
      outlet.roomChanged(state, true);
    }
    outlet.emit({ do: "putMembers", room: state.id, members });
    outlet.changed({ what: "members", room: state.id });
    outlet.changed({ what: "marks", room: state.id });
    if (state.membersStale) {
      state.membersStale = false;
      state.membersFresh = false;
      this.#session.askMembers(state);
    }
  }

  /** Something happens that no log holds. */
  signal(frame: ServerFrame & { t: "signal" }, now: Millis): void {
    const { outlet, rooms, me } = this.#session;
    const state = rooms.get(frame.room);
    if (state === undefined) return;
    if (frame.kind === "profile") {
      this.#profile(state, frame.user);
    } else if (frame.kind === "typing" && frame.user !== me?.id) {
      if (state.startTyping(frame.user, frame.name, now)) outlet.changed({ what: "typing", room: frame.room });
    } else if (frame.kind === "presence" && state.presence(frame.user, frame.online)) {
      outlet.changed({ what: "members", room: frame.room });
    }
  }

  /** How far members have a room's events. */
  mark(room: RoomId, marks: readonly Mark[]): void {
    const { outlet, rooms } = this.#session;
    if (rooms.get(room)?.mark(marks) !== true) return;
    outlet.changed({ what: "marks", room });
    outlet.changed({ what: "members", room });
  }

  /** Somebody is shown otherwise from now on: who is in a room is asked for anew, where that is known. */
  #profile(state: RoomState, user: UserId): void {
    const { outlet, me } = this.#session;
    if (user !== me?.id && state.members === null && !state.membersWanted) return;
    state.membersFresh = false;
    // The answer to a question that is on its way may be from before.
    const request = outlet.asks((each) => each.what === "members" && each.room === state.id);
    if (request) state.membersStale = true;
    else this.#session.askMembers(state);
  }

  /** How one is shown oneself, as a room's members have it. */
  #seeMyself(members: readonly Member[]): void {
    const me = this.#session.me;
    const own = me === null ? undefined : members.find((member) => member.id === me.id);
    if (me === null || own === undefined || (own.display === me.display && own.colour === me.colour)) return;
    this.#session.me = { ...me, display: own.display, colour: own.colour };
    this.#session.outlet.changed({ what: "me" });
    this.#session.remember();
  }
}
