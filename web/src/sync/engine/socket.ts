/** The WebSocket connection below a session. */

/** The events of a connection. */
export interface SocketEvents {
  opened(): void;
  heard(data: string): void;
  /** The connection has ended, or could not be made; `why` is the reason that the other side gave, or null. */
  closed(why: string | null): void;
}

export interface Transport {
  send(data: string): void;
  close(): void;
}

/** Begins to connect. May throw, and may report events after it was closed. */
export type Connect = (events: SocketEvents) => Transport;

/** Milliseconds after which an attempt to connect counts as failed. */
const OPEN = 10_000;

/** At most one connection at a time. Events of a connection after `hangUp` are ignored. */
export class Socket {
  #transport: Transport | null = null;
  #generation = 0;
  #tired: ReturnType<typeof setTimeout> | undefined;
  readonly #connect: Connect;
  readonly #events: SocketEvents;

  constructor(connect: Connect, events: SocketEvents) {
    this.#connect = connect;
    this.#events = events;
  }

  connect(): void {
    this.hangUp();
    const generation = this.#generation;
    const current = (): boolean => generation === this.#generation;
    const closed = (why: string | null): void => {
      if (!current()) return;
      this.hangUp();
      this.#events.closed(why);
    };
    this.#tired = setTimeout(() => closed(null), OPEN);
    try {
      this.#transport = this.#connect({
        opened: () => {
          if (!current()) return;
          clearTimeout(this.#tired);
          this.#events.opened();
        },
        heard: (data) => {
          if (current()) this.#events.heard(data);
        },
        closed,
      });
    } catch {
      // Some browsers throw if there is no network, or if the page may not connect.
      queueMicrotask(() => closed(null));
    }
  }

  send(data: string): void {
    this.#transport?.send(data);
  }

  /** Close the connection without waiting for the close handshake: a peer that is gone would take minutes to answer. */
  hangUp(): void {
    clearTimeout(this.#tired);
    this.#generation += 1;
    const transport = this.#transport;
    this.#transport = null;
    transport?.close();
  }
}
