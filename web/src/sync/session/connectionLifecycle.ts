import type { Connection, Millis, Problem } from "../types";
import { Backoff } from "./backoff";
import type { Gatherings } from "./directRooms";
import { OFFLINE } from "./requests";
import type { State } from "./sessionState";

/** How long a server may take to answer a hello. */
const HELLO = 15_000;
/** After so long without a word from the server it is asked for one; if none comes for so long, it is not there any more. */
const SILENCE = 25_000;
const PING = 10_000;
/** When the browser says that there is no network; a server on the same machine answers all the same. */
const PING_UNSURE = 2_500;
/** When somebody asks for the connection to be tried, it has to answer sooner. */
const PING_NOW = 4_000;
/** What comes within so long after the connection broke is as good as live. */
const SHORT_BREAK = 120_000;

/** Where the conversation is. */
export type Phase =
  /** What is known from earlier has not been loaded yet. */
  | "starting"
  /** There is no connection. */
  | "apart"
  | "greeting"
  /** The server wants more than a cookie; it is being asked what. */
  | "asking"
  | "ready"
  /** There is nobody to be. */
  | "out"
  | "stopped";

type Access = (Connection & { state: "out" })["access"];

/** The connection: whether there is one, whether the server still speaks, and when to try again. */
export class Link {
  /** When to connect, on the clock of `now`; null while there is a connection or there shall be none. */
  connectAt: Millis | null = null;
  connection: Connection = { state: "starting" };
  /** How long the server said to stay away; null if it did not say. */
  comeBack: Millis | null = null;
  #atOnce = false;
  /** Whether what comes first on this connection is as good as live. */
  catchingUp = false;
  readonly #session: State;
  readonly #gatherings: Gatherings;
  readonly #backoff: Backoff;
  readonly #wall: () => Millis;
  #phase: Phase = "starting";
  /** When an answer to the hello is given up on. */
  #timeout: Millis | null = null;
  #heard: Millis = 0;
  #pinged: Millis | null = null;
  #readySince: Millis | null = null;
  #lostAt: Millis | null = null;
  #attempt = 0;

  constructor(session: State, gatherings: Gatherings, random: () => number, wall: () => Millis) {
    this.#session = session;
    this.#gatherings = gatherings;
    this.#backoff = new Backoff(random);
    this.#wall = wall;
  }

  get phase(): Phase {
    return this.#phase;
  }

  /** When `tick` wants to be called; infinite if it does not. */
  get deadline(): Millis {
    const at = this.#timeout ?? Number.POSITIVE_INFINITY;
    return this.#phase === "ready" ? Math.min(at, this.#pinged ?? this.#heard + SILENCE) : at;
  }

  /** What is known from earlier is loaded: it is time to connect. */
  begin(now: Millis): void {
    if (this.#phase === "starting") this.#connectAnew(now);
  }

  /** Connect now, or find out whether the connection that is there still is one. */
  start(now: Millis): void {
    if (this.#phase === "ready") this.#ping(now, PING_NOW);
    else if (this.#phase === "stopped" || this.#phase === "out" || this.#phase === "apart") this.#connectAnew(now);
  }

  /** The network is said to be gone: find out soon whether the connection is. */
  doubt(now: Millis): void {
    if (this.#phase === "ready") this.#ping(now, PING_UNSURE);
  }

  /** Hang up, and do not come back until `start`. */
  stop(): void {
    this.#enter("stopped");
    this.connectAt = null;
    this.#forgetConnection();
    this.#session.outlet.emit({ do: "hangup" });
    this.#setConnection({ state: "starting" });
  }

  /** A connection is being made. */
  connecting(): void {
    this.connectAt = null;
    this.#attempt += 1;
    this.#setConnection({ state: "connecting", attempt: this.#attempt });
  }

  /** There is a connection. Returns whether it is wanted. */
  connected(now: Millis): boolean {
    if (this.#phase !== "apart") return false;
    this.connectAt = null;
    this.#heard = now;
    this.greet("greeting", now);
    return true;
  }

  /** A hello is being sent, which is to be answered soon. */
  greet(phase: "greeting" | "asking", now: Millis): void {
    this.#enter(phase);
    this.#timeout = now + HELLO;
  }

  /** The server said something. Returns whether that is of interest. */
  hears(now: Millis): boolean {
    if (this.#phase !== "greeting" && this.#phase !== "asking" && this.#phase !== "ready") return false;
    this.#heard = now;
    return true;
  }

  /** The hello is answered. */
  answered(): void {
    this.#timeout = null;
  }

  /** The answer to the hello is that we are in. */
  ready(now: Millis): void {
    this.#enter("ready");
    this.#readySince = this.#heard = now;
    this.#pinged = null;
    this.#attempt = 0;
    this.catchingUp = this.#lostAt !== null && now - this.#lostAt < SHORT_BREAK;
  }

  /** Everything of the hello's answer is taken. */
  online(): void {
    this.#setConnection({ state: "online" });
  }

  /** A ping is answered. */
  ponged(): void {
    this.#pinged = null;
  }

  /** The connection has ended, or could not be made; `why` in words, if the one who ended it gave any. */
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

  /** The connection is about to be ended by ourselves, to begin another one. */
  comeBackAtOnce(): void {
    this.#atOnce = true;
  }

  /** End the connection, and come back. */
  hangUp(now: Millis, why: string | null): void {
    this.#session.outlet.emit({ do: "hangup" });
    this.lost(now, why);
  }

  /** Time has passed: give the server up, or ask it for a word, if it has been silent for too long. */
  tick(now: Millis): void {
    const late = this.#phase === "ready" && this.#pinged !== null && now >= this.#pinged;
    if (late || (this.#timeout !== null && now >= this.#timeout)) this.hangUp(now, "The server does not answer.");
    else if (this.#phase === "ready" && now >= this.#heard + SILENCE) this.#ping(now, PING);
  }

  /** Come back as somebody else. */
  change(now: Millis): void {
    this.#session.outlet.emit({ do: "hangup" });
    this.#forgetConnection();
    this.#session.forgetUser();
    this.#lostAt = null;
    this.#connectAnew(now);
  }

  /** Be nobody; `access` says what the server asks of those who come in. */
  goOut(problem: Problem | null, access: Access): void {
    this.#session.outlet.emit({ do: "hangup" });
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
    // The smallest question there is.
    this.#session.outlet.ask({ what: "ping" }, { t: "unwatch", room: 0 });
  }

  /** What was under way is not any more. */
  #forgetConnection(): void {
    const { outlet, rooms, windows, posting } = this.#session;
    const requests = outlet.takeAll();
    for (const state of rooms.values()) {
      if (state.lost()) outlet.changed({ what: "typing", room: state.id });
    }
    for (const request of requests) {
      if (request.what === "page") windows.refuse(rooms.get(request.room), request.page, OFFLINE);
      else if ("ticket" in request) outlet.answer(request.ticket, { ok: false, problem: OFFLINE });
    }
    this.#gatherings.lost();
    posting.end();
    this.#timeout = this.#pinged = this.#readySince = null;
  }

  #enter(phase: Phase): void {
    this.#phase = phase;
    this.#session.outlet.ready = phase === "ready";
    this.#stand();
  }

  #stand(): void {
    const { windows } = this.#session;
    if (this.#phase === "starting" || this.#phase === "ready") windows.standing = this.#phase;
    else windows.standing = this.connection.state === "waiting" ? "apart" : "soon";
  }

  #setConnection(connection: Connection): void {
    this.connection = connection;
    this.#stand();
    this.#session.outlet.changed({ what: "connection" });
  }
}
