import type { Mark, ServerFrame } from "../frames";
import type { Member, Millis, RoomId, UserId } from "../types";
import type { RoomState } from "./roomState";
import type { SessionState } from "./sessionState";

/** The members of rooms: profiles, presence, typing, and receipts. */
export class RoomMembers {
  readonly #session: SessionState;

  constructor(session: SessionState) {
    this.#session = session;
  }

  /** The members of a room are shown: load them, unless this connection has loaded them already. */
  want(state: RoomState): void {
    state.membersWanted = true;
    if (state.live && !state.membersFresh) this.#session.askMembers(state);
  }

  /** Add members that a search has found to the known ones, in a room of which only some members are known. */
  meet(room: RoomId, found: readonly Member[]): void {
    const state = this.#session.rooms.get(room);
    if (state === undefined || !state.membersPartial || found.length === 0) return;
    const known = new Map(state.members?.map((member) => [member.id, member]));
    for (const member of found) known.set(member.id, member);
    state.members = [...known.values()];
    this.#session.outbound.changed({ what: "members", room });
  }

  /** The server has sent the members of a room, or the first page of them. */
  take({ id, members, next }: ServerFrame & { t: "members" }): void {
    const { outbound, rooms, me } = this.#session;
    const request = outbound.takeIf(id, "members");
    const state = request === undefined ? undefined : rooms.get(request.room);
    if (state === undefined) return;
    state.members = members;
    state.membersPartial = next !== "";
    state.membersFresh = true;
    if (state.membersPartial && me !== null && !members.some((member) => member.id === me.id)) {
      // Ask for the user's own entry: what they may do in the room depends on their role.
      const own = { t: "members", room: state.id, query: me.name, limit: 20 } as const;
      outbound.ask({ what: "directory", ticket: null }, own);
    }
    this.#seeMyself(members);
    // The number of members of a direct room includes deleted accounts, which are not in the list.
    if (state.room.kind !== "direct" && !state.membersPartial && state.room.members !== members.length) {
      state.room = { ...state.room, members: members.length };
      outbound.roomChanged(state, true);
    }
    outbound.emit({ do: "putMembers", room: state.id, members });
    outbound.changed({ what: "members", room: state.id });
    outbound.changed({ what: "marks", room: state.id });
    if (state.membersStale) {
      state.membersStale = false;
      state.membersFresh = false;
      this.#session.askMembers(state);
    }
  }

  /** A signal has arrived: typing, presence, or a changed profile. None of these are in a log. */
  signal(frame: ServerFrame & { t: "signal" }, now: Millis): void {
    const { outbound, rooms, me } = this.#session;
    const state = rooms.get(frame.room);
    if (state === undefined) return;
    if (frame.kind === "profile") {
      this.#profile(state, frame.user);
    } else if (frame.kind === "typing" && frame.user !== me?.id) {
      if (state.startTyping(frame.user, frame.name, now)) outbound.changed({ what: "typing", room: frame.room });
    } else if (frame.kind === "presence" && state.presence(frame.user, frame.online)) {
      outbound.changed({ what: "members", room: frame.room });
    }
  }

  /** Members have received or read more. */
  mark(room: RoomId, marks: readonly Mark[]): void {
    const { outbound, rooms } = this.#session;
    if (rooms.get(room)?.mark(marks) !== true) return;
    outbound.changed({ what: "marks", room });
    outbound.changed({ what: "members", room });
  }

  /** A profile has changed: load the members anew, if they are known or shown. */
  #profile(state: RoomState, user: UserId): void {
    const { outbound, me } = this.#session;
    if (user !== me?.id && state.members === null && !state.membersWanted) return;
    state.membersFresh = false;
    // The answer to a question that was already sent may be from before the change.
    const request = outbound.asks((each) => each.what === "members" && each.room === state.id);
    if (request) state.membersStale = true;
    else this.#session.askMembers(state);
  }

  /** If the members of a room have a newer profile of the user's own, use that. */
  #seeMyself(members: readonly Member[]): void {
    const me = this.#session.me;
    const own = me === null ? undefined : members.find((member) => member.id === me.id);
    if (me === null || own === undefined || (own.display === me.display && own.colour === me.colour)) return;
    this.#session.me = { ...me, display: own.display, colour: own.colour };
    this.#session.outbound.changed({ what: "me" });
    this.#session.remember();
  }
}
