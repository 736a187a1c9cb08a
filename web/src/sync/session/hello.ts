import { type ClientFrame, frameBytes, PROTOCOL, type ServerFrame } from "../frames";
import type { Me, Millis } from "../types";
import type { ConnectionLifecycle } from "./connectionLifecycle";
import { problemOf, SIGNED_OUT } from "./requests";
import type { SessionState } from "./sessionState";
import type { RoomStreams } from "./streams";

/** If more events than this were missed, the rooms with the most missed events are streamed from their end only. */
const CATCH_UP = 20_000;

/** The hello at the beginning of a connection: who the user is, and where the stream of each room continues. */
export class Hello {
  readonly #session: SessionState;
  readonly #lifecycle: ConnectionLifecycle;
  readonly #streams: RoomStreams;
  readonly #credentials: { name?: string; newToken?: string };

  /** @param credentials the name to take as a new guest, and the new guest's token. */
  constructor(
    session: SessionState,
    lifecycle: ConnectionLifecycle,
    streams: RoomStreams,
    credentials: { name?: string; newToken?: string } = {},
  ) {
    this.#session = session;
    this.#lifecycle = lifecycle;
    this.#streams = streams;
    this.#credentials = credentials;
  }

  /** Send the hello: who the user is, and which events the client has. */
  greet(): void {
    const { outbound, rooms, skipped, token } = this.#session;
    let seen = [...rooms.values()]
      .filter((state) => state.end > 0 && !skipped.has(state.id))
      .map((state) => ({ room: state.id, epoch: state.room.epoch, seq: state.end }));
    const hello: ClientFrame = { t: "hello", protocol: PROTOCOL };
    const { name, newToken } = this.#credentials;
    if (token !== null) hello.token = token;
    else if (name !== undefined) {
      hello.name = name;
      if (newToken !== undefined) hello.new_token = newToken;
    }
    // With very many rooms the hello is too long. Rooms that are left out are caught up by pages of history.
    while (seen.length > 0 && frameBytes({ ...hello, seen }) > outbound.limits.frameBytes)
      seen = seen.slice(0, seen.length / 2);
    outbound.transmit(seen.length > 0 ? { ...hello, seen } : hello);
  }

  /** The server accepts the hello. */
  ready(frame: ServerFrame & { t: "ready" }, now: Millis): void {
    const { outbound, rooms, skipped, windows, sender, me: before } = this.#session;
    this.#lifecycle.answered();
    if (frame.user === null) {
      this.#lifecycle.goOut(before === null ? null : SIGNED_OUT, "open");
      return;
    }
    if (this.#skip(frame)) {
      this.#lifecycle.comeBackAtOnce();
      this.#lifecycle.hangUp(now, null);
      return;
    }
    if (before !== null && before.id !== frame.user.id) this.#session.forgetUser();
    this.#lifecycle.ready(now);
    skipped.clear();
    this.#become(frame, frame.user, before);
    this.#comeIn(frame, frame.user.role === "guest");
    this.#lifecycle.online();
    outbound.changed({ what: "rooms" });
    sender.begin();
    windows.grantAll();
    for (const state of rooms.values()) {
      if (state.log.window.problem !== null) {
        state.log.problem(null);
        outbound.changed({ what: "log", room: state.id });
      }
      if (state.membersWanted) this.#session.askMembers(state);
      this.#session.mark(state, now);
    }
    windows.backfillSoon(now);
    sender.pump(now);
  }

  /** Choose rooms to stream from their end, if too much was missed. Returns whether more rooms were chosen. */
  #skip(frame: ServerFrame & { t: "ready" }): boolean {
    const { skipped } = this.#session;
    const behind = frame.rooms
      .map(({ id, tip, after }) => ({ id, events: tip - (after ?? tip) }))
      .filter(({ id, events }) => events > 0 && !skipped.has(id))
      .sort((one, other) => other.events - one.events);
    let rest = behind.reduce((sum, { events }) => sum + events, 0);
    const before = skipped.size;
    for (const { id, events } of behind) {
      if (rest <= CATCH_UP) break;
      skipped.add(id);
      rest -= events;
    }
    return skipped.size > before;
  }

  /** The server refuses the hello. */
  refused(frame: ServerFrame & { t: "error" }, now: Millis): void {
    const problem = problemOf(frame);
    if (this.#lifecycle.phase === "asking") {
      // The second hello had an invalid name. The server checks first whether it demands sign-in or an invitation, so the code of
      // its error shows what it demands.
      const known = frame.code === "sign_in_needed" ? "members" : frame.code === "name_invalid" ? "invite" : "unknown";
      this.#lifecycle.goOut(this.#session.me === null ? null : SIGNED_OUT, known);
      return;
    }
    if (frame.retryAfter !== null) {
      this.#lifecycle.comeBack = frame.retryAfter;
      this.#lifecycle.hangUp(now, frame.message);
      return;
    }
    switch (frame.code) {
      case "name_needed":
        this.#lifecycle.greet("asking", now);
        this.#session.outbound.transmit({ t: "hello", protocol: PROTOCOL, name: " " });
        return;
      case "token_unknown":
      case "session_unknown":
        this.#session.token = null;
        this.#lifecycle.goOut(problem, "unknown");
        return;
      case "sign_in_needed":
        this.#lifecycle.goOut(problem, "members");
        return;
      case "invitation_needed":
        this.#lifecycle.goOut(problem, "invite");
        return;
      case "account_disabled":
      case "guests_closed":
      case "name_invalid":
      case "name_taken":
      case "password_needed":
        this.#lifecycle.goOut(problem, "unknown");
        return;
      default:
        // A fault of the server or of the client: keep showing the cached data, and try again.
        this.#lifecycle.hangUp(now, frame.message);
    }
  }

  /** Take the user, the server's name and limits, and the user's quiet hours from the frame. */
  #become(frame: ServerFrame & { t: "ready" }, me: Me, before: Me | null): void {
    const { outbound, windows } = this.#session;
    if (frame.token !== null) this.#session.token = frame.token;
    this.#session.me = same(before, me) ? before : me;
    this.#session.server = { name: frame.server, limits: frame.limits };
    this.#session.hours = frame.hours;
    outbound.limits = frame.limits;
    windows.me = me.id;
    outbound.changed({ what: "me" });
    outbound.changed({ what: "hours" });
    this.#session.remember();
    if (before?.id !== me.id) outbound.emit({ do: "adopt", user: me.id });
  }

  /** Begin the streams of `frame.rooms`. Of the rooms missing there, a guest joins public ones again; all others are dropped. */
  #comeIn(frame: ServerFrame & { t: "ready" }, guest: boolean): void {
    const listed = new Set(frame.rooms.map((room) => room.id));
    for (const state of [...this.#session.rooms.values()]) {
      if (listed.has(state.id)) continue;
      // After a while the server removes an absent guest from rooms. An account was kicked, or has left on another device.
      if (guest && state.room.kind === "public") this.#streams.rejoin(state);
      else this.#session.drop(state);
    }
    for (const room of frame.rooms) this.#streams.begin(room);
  }
}

function same(one: Me | null, other: Me): boolean {
  return (
    one !== null &&
    one.id === other.id &&
    one.name === other.name &&
    one.role === other.role &&
    one.display === other.display &&
    one.colour === other.colour
  );
}
