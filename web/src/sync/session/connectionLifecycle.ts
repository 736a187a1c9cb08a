import type { Connection, Millis, Problem } from "../types";
import { Backoff } from "./backoff";
import type { DirectRooms } from "./directRooms";
import { OFFLINE } from "./requests";
import type { SessionState } from "./sessionState";

/** Milliseconds for the server to answer a hello. */
const HELLO = 15_000;
/** After SILENCE milliseconds without a frame the client sends a ping; without an answer for PING it reconnects. */
const SILENCE = 25_000;
const PING = 10_000;
/** Milliseconds for the answer to a ping when the browser reports no network. (A local server still answers.) */
const PING_UNSURE = 2_500;
/** Milliseconds for the answer to a ping when the user asks to reconnect. */
const PING_NOW = 4_000;
/** Events that were missed in a break shorter than this, in milliseconds, count as live: the user is notified of them. */
const SHORT_BREAK = 120_000;

/** The state of the connection. */
export type Phase =
  /** The store has not been read yet. */
  | "starting"
  /** There is no connection. */
  | "apart"
  | "greeting"
  /** The server did not accept the cookie alone. A second hello finds out what it demands. */
  | "asking"
  | "ready"
  /** Nobody is signed in. */
  | "out"
  | "stopped";

type Access = (Connection & { state: "out" })["access"];

/** The connection: whether there is one, whether the server still answers, and when to try again. */
export class ConnectionLifecycle {
  /** When to connect, on the clock of `now`; null while connected or connecting, or if no connection is wanted. */
  connectAt: Millis | null = null;
  connection: Connection = { state: "starting" };
  /** Milliseconds to wait before reconnecting, as the server asked; null if it did not. */
  comeBack: Millis | null = null;
  #atOnce = false;
  /** Whether missed events that arrive on this connection count as live. */
  catchingUp = false;
  readonly #session: SessionState;
  readonly #directRooms: DirectRooms;
  readonly #backoff: Backoff;
  readonly #wall: () => Millis;
  #phase: Phase = "starting";
  /** When to give up waiting for the answer to the hello. */
  #timeout: Millis | null = null;
  #heard: Millis = 0;
  #pinged: Millis | null = null;
  #readySince: Millis | null = null;
  #lostAt: Millis | null = null;
  #attempt = 0;

  constructor(session: SessionState, directRooms: DirectRooms, random: () => number, wall: () => Millis) {
    this.#session = session;
    this.#directRooms = directRooms;
    this.#backoff = new Backoff(random);
    this.#wall = wall;
  }

  get phase(): Phase {
    return this.#phase;
  }

  /** When to call `tick`; infinite for never. */
  get deadline(): Millis {
    const at = this.#timeout ?? Number.POSITIVE_INFINITY;
    return this.#phase === "ready" ? Math.min(at, this.#pinged ?? this.#heard + SILENCE) : at;
  }

  /** The store has been read: connect. */
  begin(now: Millis): void {
    if (this.#phase === "starting") this.#connectAnew(now);
  }

  /** Connect now, or check whether the connection still works. */
  start(now: Millis): void {
    if (this.#phase === "ready") this.#ping(now, PING_NOW);
    else if (this.#phase === "stopped" || this.#phase === "out" || this.#phase === "apart") this.#connectAnew(now);
  }

  /** The browser reports no network: check the connection soon. */
  doubt(now: Millis): void {
    if (this.#phase === "ready") this.#ping(now, PING_UNSURE);
  }

  /** Disconnect, and stay so until `start`. */
  stop(): void {
    this.#enter("stopped");
    this.connectAt = null;
    this.#forgetConnection();
    this.#session.outbound.emit({ do: "hangup" });
    this.#setConnection({ state: "starting" });
  }

  /** The connection is being made. */
  connecting(): void {
    this.connectAt = null;
    this.#attempt += 1;
    this.#setConnection({ state: "connecting", attempt: this.#attempt });
  }

  /** The connection is open. Returns whether it is still wanted. */
  connected(now: Millis): boolean {
    if (this.#phase !== "apart") return false;
    this.connectAt = null;
    this.#heard = now;
    this.greet("greeting", now);
    return true;
  }

  /** A hello is being sent. */
  greet(phase: "greeting" | "asking", now: Millis): void {
    this.#enter(phase);
    this.#timeout = now + HELLO;
  }

  /** The server has sent a frame. Returns whether to process it. */
  hears(now: Millis): boolean {
    if (this.#phase !== "greeting" && this.#phase !== "asking" && this.#phase !== "ready") return false;
    this.#heard = now;
    return true;
  }

  /** The server has answered the hello. */
  answered(): void {
    this.#timeout = null;
  }

  /** The server has accepted the hello. */
  ready(now: Millis): void {
    this.#enter("ready");
    this.#readySince = this.#heard = now;
    this.#pinged = null;
    this.#attempt = 0;
    this.catchingUp = this.#lostAt !== null && now - this.#lostAt < SHORT_BREAK;
  }

  /** Call when the answer to the hello is processed completely: the interface shows the connection as online from now on. */
  online(): void {
    this.#setConnection({ state: "online" });
  }

  /** The server has answered a ping. */
  ponged(): void {
    this.#pinged = null;
  }

  /** The connection has ended, or could not be made; `why` is a sentence, if the server or the browser gave one. */
  lost(now: Millis, why: string | null = null): void {
    if (this.#phase === "out" || this.#phase === "stopped" || this.#phase === "starting") return;
    const held = this.#readySince === null ? 0 : now - this.#readySince;
    if (this.#readySince !== null) this.#lostAt = now;
    this.#enter("apart");
    this.#forgetConnection();
    const delay = this.#atOnce ? 0 : this.#backoff.delay(held, this.comeBack);
    this.comeBack = null;
    this.#atOnce = false;
    this.#connectSoon(now, delay, why);
  }

  /** Reconnect without delay after the next end of the connection. */
  comeBackAtOnce(): void {
    this.#atOnce = true;
  }

  /** Close the connection, and reconnect. */
  hangUp(now: Millis, why: string | null): void {
    this.#session.outbound.emit({ do: "hangup" });
    this.lost(now, why);
  }

  /** The deadline may have come: send a ping, or give the connection up. */
  tick(now: Millis): void {
    const late = this.#phase === "ready" && this.#pinged !== null && now >= this.#pinged;
    if (late || (this.#timeout !== null && now >= this.#timeout)) this.hangUp(now, "The server does not answer.");
    else if (this.#phase === "ready" && now >= this.#heard + SILENCE) this.#ping(now, PING);
  }

  /** Reconnect as another user. */
  change(now: Millis): void {
    this.#session.outbound.emit({ do: "hangup" });
    this.#forgetConnection();
    this.#session.forgetUser();
    this.#lostAt = null;
    this.#connectAnew(now);
  }

  /** Nobody is signed in from now on; `access` says whom the server lets in. */
  goOut(problem: Problem | null, access: Access): void {
    this.#session.outbound.emit({ do: "hangup" });
    this.#forgetConnection();
    this.#session.forgetUser();
    this.#lostAt = null;
    this.#enter("out");
    this.connectAt = null;
    this.#attempt = 0;
    this.#session.windows.denyAll(problem ?? OFFLINE);
    this.#setConnection({ state: "out", problem, access });
  }

  #connectAnew(now: Millis): void {
    this.#enter("apart");
    this.#connectSoon(now, 0);
  }

  #connectSoon(now: Millis, delay: Millis, reason: string | null = null): void {
    this.connectAt = now + delay;
    if (delay === 0) this.#setConnection({ state: "connecting", attempt: this.#attempt + 1 });
    else this.#setConnection({ state: "waiting", attempt: this.#attempt, until: this.#wall() + delay, reason });
    this.#session.windows.grantAll();
  }

  #ping(now: Millis, patience: Millis): void {
    if (this.#pinged !== null) {
      this.#pinged = Math.min(this.#pinged, now + patience);
      return;
    }
    this.#pinged = now + patience;
    // The protocol has no ping: this is the shortest question that the server answers.
    this.#session.outbound.ask({ what: "ping" }, { t: "unwatch", room: 0 });
  }

  /** Answer all requests that wait for the server with `OFFLINE`. */
  #forgetConnection(): void {
    const { outbound, rooms, windows, sender } = this.#session;
    const requests = outbound.takeAll();
    for (const state of rooms.values()) {
      if (state.lost()) outbound.changed({ what: "typing", room: state.id });
    }
    for (const request of requests) {
      if (request.what === "page") windows.refuse(rooms.get(request.room), request.page, OFFLINE);
      else if ("ticket" in request) outbound.answer(request.ticket, { ok: false, problem: OFFLINE });
    }
    this.#directRooms.lost();
    sender.end();
    this.#timeout = this.#pinged = this.#readySince = null;
  }

  #enter(phase: Phase): void {
    this.#phase = phase;
    this.#session.outbound.ready = phase === "ready";
    this.#stand();
  }

  #stand(): void {
    const { windows } = this.#session;
    if (this.#phase === "starting" || this.#phase === "ready") windows.reachability = this.#phase;
    else windows.reachability = this.connection.state === "waiting" ? "apart" : "soon";
  }

  #setConnection(connection: Connection): void {
    this.connection = connection;
    this.#stand();
    this.#session.outbound.changed({ what: "connection" });
  }
}
