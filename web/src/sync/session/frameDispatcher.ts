import type { RoomFrame, ServerFrame } from "../frames";
import type { Millis, Problem, RoomId, RoomListing } from "../types";
import type { Link } from "./connectionLifecycle";
import type { Gatherings } from "./directRooms";
import type { Hello } from "./hello";
import type { Members } from "./members";
import { problemOf } from "./problem";
import { type Request, SIGNED_OUT } from "./requests";
import type { State } from "./sessionState";
import type { Streams } from "./streams";

/** What the server says: each frame goes where it belongs, and each answer to whoever asked. */
export class Answers {
  readonly #session: State;
  readonly #link: Link;
  readonly #hello: Hello;
  readonly #streams: Streams;
  readonly #members: Members;
  readonly #gatherings: Gatherings;

  constructor(
    session: State,
    link: Link,
    hello: Hello,
    parts: { streams: Streams; members: Members; gatherings: Gatherings },
  ) {
    this.#session = session;
    this.#link = link;
    this.#hello = hello;
    this.#streams = parts.streams;
    this.#members = parts.members;
    this.#gatherings = parts.gatherings;
  }

  /**
   * Take a frame.
   *
   * @throws Fault if the server contradicts itself.
   */
  take(frame: ServerFrame, now: Millis): void {
    if (this.#link.phase !== "ready") {
      if (frame.t === "ready") this.#hello.ready(frame, now);
      else if (frame.t === "error") this.#hello.refused(frame, now);
      else if (frame.t === "bye") this.#goodbye(frame, now);
      return;
    }
    switch (frame.t) {
      case "events":
        this.#streams.take(frame.room, frame.events, now);
        break;
      case "stored":
        this.#streams.stored(frame.key, frame.room, frame.seq);
        break;
      case "joined":
        this.#joined(frame.id, frame.room);
        break;
      case "left":
        this.#left(frame.room);
        break;
      case "invited":
        this.#invited(frame);
        break;
      case "page":
        this.#session.windows.take(frame);
        break;
      case "done":
        this.#done(frame.id);
        break;
      case "rooms":
        this.#directory(frame.id, frame.rooms);
        break;
      case "found": {
        const { outlet } = this.#session;
        const request = outlet.takeIf(frame.id, "find");
        if (request !== undefined) outlet.answer(request.ticket, { ok: true, value: frame.seq });
        break;
      }
      case "members":
        this.#members.take(frame.id, frame.members);
        break;
      case "signal":
        this.#members.signal(frame, now);
        break;
      case "unread":
        this.#unread(frame);
        break;
      case "marks":
        this.#members.mark(frame.room, frame.marks);
        break;
      case "preferred":
        this.#preferred(frame);
        break;
      case "error":
        this.#error(frame, now);
        break;
      case "bye":
        this.#goodbye(frame, now);
        break;
    }
    this.#session.posting.pump(now);
  }

  #joined(id: string | null, frame: RoomFrame): void {
    const { outlet, windows } = this.#session;
    const state = this.#streams.begin(frame);
    const request = outlet.takeIf(id, "join") ?? outlet.takeIf(id, "create");
    if (request !== undefined) outlet.answer(request.ticket, { ok: true, value: frame.id });
    this.#gatherings.announced(frame);
    outlet.changed({ what: "rooms" });
    windows.grant(state.id);
    if (state.membersWanted) this.#session.askMembers(state);
    windows.backfill();
  }

  #left(room: RoomId): void {
    const state = this.#session.rooms.get(room);
    if (state !== undefined) this.#session.drop(state);
  }

  #invited({ room, name, by }: ServerFrame & { t: "invited" }): void {
    const others = this.#session.invitations.filter((each) => each.room !== room);
    this.#session.invitations = [...others, { room, name, by: by.name }];
    this.#session.outlet.changed({ what: "invitations" });
  }

  #unread(frame: ServerFrame & { t: "unread" }): void {
    const { outlet, rooms } = this.#session;
    const state = rooms.get(frame.room);
    if (state === undefined) return;
    state.count(frame.read, frame.upto, frame.unread, frame.mentions);
    outlet.roomChanged(state, true);
    outlet.emit({ do: "putRoom", room: state.room });
  }

  #preferred(frame: ServerFrame & { t: "preferred" }): void {
    const { outlet, rooms } = this.#session;
    const state = rooms.get(frame.room);
    if (state !== undefined) {
      state.room = { ...state.room, level: frame.level, favourite: frame.favourite };
      outlet.roomChanged(state, true);
      outlet.emit({ do: "putRoom", room: state.room });
    } else if (frame.room === 0) {
      this.#session.hours = frame.hours;
      outlet.changed({ what: "hours" });
    }
  }

  #directory(id: string | null, listed: readonly RoomFrame[]): void {
    const { outlet, rooms } = this.#session;
    const request = outlet.takeIf(id, "directory");
    if (request === undefined) return;
    const value = listed.map(({ id, name, kind, topic, members, archived }): RoomListing => {
      return { id, name, kind, topic, members, archived, joined: rooms.get(id)?.room.joined === true };
    });
    outlet.answer(request.ticket, { ok: true, value });
  }

  #done(id: string | null): void {
    const { outlet } = this.#session;
    const request = outlet.take(id);
    if (request === undefined) return;
    switch (request.what) {
      case "gather":
        this.#gatherings.done(request);
        break;
      case "rename":
        this.#session.rename(request.name);
        outlet.answer(request.ticket, { ok: true, value: undefined });
        break;
      case "leave":
      case "do":
        outlet.answer(request.ticket, { ok: true, value: undefined });
        break;
      case "ping":
        this.#link.ponged();
        break;
      default:
        break;
    }
  }

  #error(frame: ServerFrame & { t: "error" }, now: Millis): void {
    const { outlet, posting } = this.#session;
    const problem = problemOf(frame);
    if (frame.key !== null) {
      posting.refused(frame.key, problem, now);
      return;
    }
    const request = outlet.take(frame.id);
    if (frame.code === "name_needed" || frame.code === "hello_needed") {
      this.#link.hangUp(now, null); // the name was given up elsewhere: a new hello finds out who we are
    } else if (frame.id === null) {
      if (frame.code === "session_unknown" || frame.code === "account_disabled") {
        outlet.emit({ do: "remember", identity: null });
        this.#link.goOut(problem, "unknown");
      }
    } else if (request !== undefined) {
      this.#refuse(request, problem, now);
    }
  }

  #refuse(request: Request, problem: Problem, now: Millis): void {
    const { outlet, rooms, windows } = this.#session;
    switch (request.what) {
      case "page":
        windows.refuse(rooms.get(request.room), request.page, problem);
        return;
      case "members":
        return;
      case "ping":
        this.#link.ponged(); // it speaks
        return;
      case "join":
        this.#refuseJoin(request.room, problem, now);
        break;
      default:
        break;
    }
    outlet.answer(request.ticket, { ok: false, problem });
  }

  /** `room` is the one that is not let in again; null for one that was not known. */
  #refuseJoin(room: RoomId | null, problem: Problem, now: Millis): void {
    const state = room === null ? undefined : this.#session.rooms.get(room);
    if (state === undefined || state.live) return;
    state.rejoining = false;
    if (problem.retryAfter === undefined) {
      this.#session.drop(state);
    } else if (this.#link.phase === "ready") {
      // Coming back a little later is the simplest way to do it all again.
      this.#link.comeBack = problem.retryAfter;
      this.#link.hangUp(now, null);
    }
  }

  #goodbye(frame: ServerFrame & { t: "bye" }, now: Millis): void {
    if (frame.reason === "session") {
      this.#link.goOut(SIGNED_OUT, "unknown");
      return;
    }
    if (frame.retryAfter !== null) this.#link.comeBack = frame.retryAfter;
    else if (frame.reason === "stalled") this.#link.comeBackAtOnce();
    this.#link.hangUp(now, frame.reason === "stopping" ? "The server is stopping." : null);
  }
}
