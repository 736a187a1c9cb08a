import { type ClientFrame, frameBytes, PROTOCOL, type ServerFrame } from "../frames";
import type { Me, Millis } from "../types";
import type { Link } from "./connectionLifecycle";
import { problemOf } from "./problem";
import { SIGNED_OUT } from "./requests";
import type { State } from "./sessionState";
import type { Streams } from "./streams";

/** With more to catch up than that, the rooms that are furthest behind begin at their end instead. */
const CATCH_UP = 20_000;

/** Coming in, and coming back: who one is, and where each room goes on. */
export class Hello {
  readonly #session: State;
  readonly #link: Link;
  readonly #streams: Streams;
  readonly #name: string | null;

  /** @param name the name to take, as a new guest. */
  constructor(session: State, link: Link, streams: Streams, name: string | null) {
    this.#session = session;
    this.#link = link;
    this.#streams = streams;
    this.#name = name;
  }

  /** Say who we are, and what we have seen. */
  greet(): void {
    const { outlet, rooms, skipped, token } = this.#session;
    let seen = [...rooms.values()]
      .filter((state) => state.end > 0 && !skipped.has(state.id))
      .map((state) => ({ room: state.id, epoch: state.room.epoch, seq: state.end }));
    const hello: ClientFrame = { t: "hello", protocol: PROTOCOL };
    if (token !== null) hello.token = token;
    else if (this.#name !== null) hello.name = this.#name;
    // With very many rooms the hello grows too long. What it does not say is made up for by pages of history.
    while (seen.length > 0 && frameBytes({ ...hello, seen }) > outlet.limits.frameBytes)
      seen = seen.slice(0, seen.length / 2);
    outlet.transmit(seen.length > 0 ? { ...hello, seen } : hello);
  }

  /** The server lets us in. */
  ready(frame: ServerFrame & { t: "ready" }, now: Millis): void {
    const { outlet, rooms, skipped, windows, posting, me: before } = this.#session;
    this.#link.answered();
    if (frame.user === null) {
      this.#link.goOut(before === null ? null : SIGNED_OUT, "open");
      return;
    }
    if (this.#skip(frame)) {
      this.#link.comeBackAtOnce();
      this.#link.hangUp(now, null);
      return;
    }
    if (before !== null && before.id !== frame.user.id) this.#session.forgetUser();
    this.#link.ready(now);
    skipped.clear();
    this.#become(frame, frame.user, before);
    this.#comeIn(frame, frame.user.role === "guest");
    this.#link.online();
    outlet.changed({ what: "rooms" });
    posting.begin();
    windows.grantAll();
    for (const state of rooms.values()) {
      if (state.log.window.problem !== null) {
        state.log.problem(null);
        outlet.changed({ what: "log", room: state.id });
      }
      if (state.membersWanted) this.#session.askMembers(state);
      this.#session.mark(state, now);
    }
    windows.backfillSoon(now);
    posting.pump(now);
  }

  /** Choose the rooms that begin at their end, if there is too much to catch up. Returns whether there are more of them now. */
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

  /** The server does not let us in, or not so. */
  refused(frame: ServerFrame & { t: "error" }, now: Millis): void {
    const problem = problemOf(frame);
    if (this.#link.phase === "asking") {
      // Of a name that nobody can have the server says what it asks of everybody first.
      const known = frame.code === "sign_in_needed" ? "members" : frame.code === "name_invalid" ? "invite" : "unknown";
      this.#link.goOut(this.#session.me === null ? null : SIGNED_OUT, known);
      return;
    }
    if (frame.retryAfter !== null) {
      this.#link.comeBack = frame.retryAfter;
      this.#link.hangUp(now, frame.message);
      return;
    }
    switch (frame.code) {
      case "name_needed":
        this.#link.greet("asking", now);
        this.#session.outlet.transmit({ t: "hello", protocol: PROTOCOL, name: " " });
        return;
      case "token_unknown":
      case "session_unknown":
        this.#session.token = null;
        this.#link.goOut(problem, "unknown");
        return;
      case "sign_in_needed":
        this.#link.goOut(problem, "members");
        return;
      case "invitation_needed":
        this.#link.goOut(problem, "invite");
        return;
      case "account_disabled":
      case "guests_closed":
      case "name_invalid":
      case "name_taken":
      case "password_needed":
        this.#link.goOut(problem, "unknown");
        return;
      default:
        // Something is wrong with the server, or with what we understand of it: nothing that is known is hidden for that.
        this.#link.hangUp(now, frame.message);
    }
  }

  /** This is who we are, and where. */
  #become(frame: ServerFrame & { t: "ready" }, me: Me, before: Me | null): void {
    const { outlet, windows } = this.#session;
    if (frame.token !== null) this.#session.token = frame.token;
    this.#session.me = same(before, me) ? before : me;
    this.#session.server = { name: frame.server, limits: frame.limits };
    this.#session.hours = frame.hours;
    outlet.limits = frame.limits;
    windows.me = me.id;
    outlet.changed({ what: "me" });
    outlet.changed({ what: "hours" });
    this.#session.remember();
    if (before?.id !== me.id) outlet.emit({ do: "adopt", user: me.id });
  }

  /** Go on in the rooms that the server lists, and leave, or ask for, those that it does not. */
  #comeIn(frame: ServerFrame & { t: "ready" }, guest: boolean): void {
    const listed = new Set(frame.rooms.map((room) => room.id));
    for (const state of [...this.#session.rooms.values()]) {
      if (listed.has(state.id)) continue;
      // A guest's place is held for a while only; who has an account was sent out, or left elsewhere.
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
