import type { RoomFrame, ServerFrame } from "../frames";
import type { Millis, Problem, RoomId, RoomListing, Seq } from "../types";
import type { ConnectionLifecycle } from "./connectionLifecycle";
import type { DirectRooms } from "./directRooms";
import type { Hello } from "./hello";
import type { RoomMembers } from "./members";
import { problemOf, type Request, SIGNED_OUT } from "./requests";
import type { SessionState } from "./sessionState";
import type { RoomStreams } from "./streams";

/** Hands each frame from the server to the part that handles it, and each answer to the request that it belongs to. */
export class FrameDispatcher {
  readonly #session: SessionState;
  readonly #lifecycle: ConnectionLifecycle;
  readonly #hello: Hello;
  readonly #streams: RoomStreams;
  readonly #members: RoomMembers;
  readonly #directRooms: DirectRooms;

  constructor(
    session: SessionState,
    lifecycle: ConnectionLifecycle,
    hello: Hello,
    parts: { streams: RoomStreams; members: RoomMembers; directRooms: DirectRooms },
  ) {
    this.#session = session;
    this.#lifecycle = lifecycle;
    this.#hello = hello;
    this.#streams = parts.streams;
    this.#members = parts.members;
    this.#directRooms = parts.directRooms;
  }

  /**
   * Process a frame.
   *
   * @throws ProtocolViolation if the server contradicts what it has sent before.
   */
  take(frame: ServerFrame, now: Millis): void {
    if (this.#lifecycle.phase !== "ready") {
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
        if (!this.#aside(frame)) this.#session.windows.take(frame);
        break;
      case "versions":
        this.#list(frame.id, frame.versions);
        break;
      case "reactors":
        this.#list(frame.id, frame.users);
        break;
      case "done":
        this.#done(frame.id, frame.seq);
        break;
      case "rooms":
        this.#directory(
          frame.id,
          frame.rooms.map((room) => this.#listing(room)),
          frame.next,
        );
        break;
      case "found": {
        const { outbound } = this.#session;
        const request = outbound.takeIf(frame.id, "find");
        if (request !== undefined) outbound.answer(request.ticket, { ok: true, value: frame.seq });
        break;
      }
      case "members":
        this.#members.meet(frame.room, frame.members);
        if (!this.#directory(frame.id, frame.members, frame.next)) this.#members.take(frame);
        break;
      case "people":
        this.#directory(frame.id, frame.people, frame.next);
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
    this.#session.sender.pump(now);
  }

  #joined(id: string | null, frame: RoomFrame): void {
    const { outbound, windows } = this.#session;
    const state = this.#streams.begin(frame);
    const request = outbound.takeIf(id, "join") ?? outbound.takeIf(id, "create");
    if (request !== undefined) outbound.answer(request.ticket, { ok: true, value: frame.id });
    this.#directRooms.announced(frame);
    outbound.changed({ what: "rooms" });
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
    this.#session.outbound.changed({ what: "invitations" });
  }

  #unread(frame: ServerFrame & { t: "unread" }): void {
    const { outbound, rooms } = this.#session;
    const state = rooms.get(frame.room);
    if (state === undefined) return;
    state.count(frame.read, frame.upto, frame.unread, frame.mentions);
    outbound.roomChanged(state, true);
    outbound.emit({ do: "putRoom", room: state.room });
  }

  #preferred(frame: ServerFrame & { t: "preferred" }): void {
    const { outbound, rooms } = this.#session;
    const state = rooms.get(frame.room);
    if (state !== undefined) {
      state.room = { ...state.room, level: frame.level, favourite: frame.favourite };
      outbound.roomChanged(state, true);
      outbound.emit({ do: "putRoom", room: state.room });
    } else if (frame.room === 0) {
      this.#session.hours = frame.hours;
      outbound.changed({ what: "hours" });
    }
  }

  #listing({ id, name, kind, topic, members, archived }: RoomFrame): RoomListing {
    return { id, name, kind, topic, members, archived, joined: this.#session.rooms.get(id)?.room.joined === true };
  }

  /** Answer the call that asked for this page of a list. Returns whether there is such a call. */
  #directory(id: string | null, items: readonly unknown[], next: string): boolean {
    const { outbound } = this.#session;
    const request = outbound.takeIf(id, "directory");
    if (request !== undefined) outbound.answer(request.ticket, { ok: true, value: { items, next } });
    return request !== undefined;
  }

  #list(id: string | null, items: readonly unknown[]): boolean {
    const { outbound } = this.#session;
    const request = outbound.takeIf(id, "list");
    if (request !== undefined) outbound.answer(request.ticket, { ok: true, value: items });
    return request !== undefined;
  }

  /** Take a page that is not for a window. Returns whether it is none. */
  #aside({ id, events, room, more }: ServerFrame & { t: "page" }): boolean {
    if (this.#list(id, events)) return true;
    const { outbound, rooms } = this.#session;
    const [one, thread] = [outbound.takeIf(id, "aside"), outbound.takeIf(id, "thread")];
    if (one === undefined && thread === undefined) return false;
    const aside = rooms.get(room)?.aside;
    if (one !== undefined)
      aside?.put(
        one.seq,
        events.find((event) => event.seq === one.seq),
      );
    if (thread !== undefined) aside?.took(thread.root, events, !more, null);
    outbound.changed({ what: "log", room });
    return true;
  }

  #done(id: string | null, seq: Seq): void {
    const { outbound, outbox } = this.#session;
    const request = outbound.take(id);
    if (request === undefined) {
      // A change of a message has its key as its id.
      const pending = id === null ? undefined : outbox.get(id);
      if (pending !== undefined) this.#streams.stored(pending.key, pending.room, seq);
      return;
    }
    switch (request.what) {
      case "gather":
        this.#directRooms.done(request);
        break;
      case "rename":
        this.#session.rename(request.name);
        outbound.answer(request.ticket, { ok: true, value: undefined });
        break;
      case "leave":
      case "do":
        outbound.answer(request.ticket, { ok: true, value: undefined });
        break;
      case "ping":
        this.#lifecycle.ponged();
        break;
      default:
        break;
    }
  }

  #error(frame: ServerFrame & { t: "error" }, now: Millis): void {
    const { outbound, sender } = this.#session;
    const problem = problemOf(frame);
    if (frame.key !== null) {
      sender.refused(frame.key, problem, now);
      return;
    }
    const request = outbound.take(frame.id);
    if (frame.code === "name_needed" || frame.code === "hello_needed") {
      this.#lifecycle.hangUp(now, null); // the session was ended elsewhere: a new hello finds out who the user is
    } else if (frame.id === null) {
      if (frame.code === "session_unknown" || frame.code === "account_disabled") {
        outbound.emit({ do: "remember", identity: null });
        this.#lifecycle.goOut(problem, "unknown");
      }
    } else if (request !== undefined) {
      this.#refuse(request, problem, now);
    } else sender.refused(frame.id, problem, now);
  }

  #refuse(request: Request, problem: Problem, now: Millis): void {
    const { outbound, rooms, windows } = this.#session;
    switch (request.what) {
      case "page":
        windows.refuse(rooms.get(request.room), request.page, problem);
        return;
      case "members":
        return;
      case "aside":
        return;
      case "thread":
        rooms.get(request.room)?.aside.took(request.root, null, false, problem);
        outbound.changed({ what: "log", room: request.room });
        return;
      case "ping":
        this.#lifecycle.ponged(); // an error shows as well that the server answers
        return;
      case "join":
        this.#refuseJoin(request.room, problem, now);
        break;
      default:
        break;
    }
    outbound.answer(request.ticket, { ok: false, problem });
  }

  /** The server refuses a join. `room` is the room that the client tried to join again; null if the user joins a new one. */
  #refuseJoin(room: RoomId | null, problem: Problem, now: Millis): void {
    const state = room === null ? undefined : this.#session.rooms.get(room);
    if (state === undefined || state.live) return;
    state.rejoining = false;
    if (problem.retryAfter === undefined) {
      this.#session.drop(state);
    } else if (this.#lifecycle.phase === "ready") {
      // Reconnecting later repeats the join.
      this.#lifecycle.comeBack = problem.retryAfter;
      this.#lifecycle.hangUp(now, null);
    }
  }

  #goodbye(frame: ServerFrame & { t: "bye" }, now: Millis): void {
    if (frame.reason === "session") {
      this.#lifecycle.goOut(SIGNED_OUT, "unknown");
      return;
    }
    if (frame.retryAfter !== null) this.#lifecycle.comeBack = frame.retryAfter;
    else if (frame.reason === "stalled") this.#lifecycle.comeBackAtOnce();
    this.#lifecycle.hangUp(now, frame.reason === "stopping" ? "The server is stopping." : null);
  }
}
