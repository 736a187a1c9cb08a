/** The connection under a session: it is made, and says what comes. It has no thoughts of its own. */

/** What a connection tells. */
export interface Ear {
  opened(): void;
  heard(data: string): void;
  /** The connection has ended, or could not be made; `why` is what the other side said, if it did. */
  closed(why: string | null): void;
}

export interface Wire {
  send(data: string): void;
  close(): void;
}

/** Begins to connect. May throw, and may still tell the ear something after it was closed. */
export type Connect = (ear: Ear) => Wire;

/** How long it may take to connect. */
const OPEN = 10_000;

/** At most one connection at a time. What the last one still says after `hangUp` is not heard. */
export class Socket {
  #wire: Wire | null = null;
  #generation = 0;
  #tired: ReturnType<typeof setTimeout> | undefined;
  readonly #connect: Connect;
  readonly #ear: Ear;

  constructor(connect: Connect, ear: Ear) {
    this.#connect = connect;
    this.#ear = ear;
  }

  connect(): void {
    this.hangUp();
    const generation = this.#generation;
    const current = (): boolean => generation === this.#generation;
    const closed = (why: string | null): void => {
      if (!current()) return;
      this.hangUp();
      this.#ear.closed(why);
    };
    this.#tired = setTimeout(() => closed(null), OPEN);
    try {
      this.#wire = this.#connect({
        opened: () => {
          if (!current()) return;
          clearTimeout(this.#tired);
          this.#ear.opened();
        },
        heard: (data) => {
          if (current()) this.#ear.heard(data);
        },
        closed,
      });
    } catch {
      // Some browsers throw where there is no network, or no permission.
      queueMicrotask(() => closed(null));
    }
  }

  send(data: string): void {
    this.#wire?.send(data);
  }

  /** End the connection now, and hear no more of it: a peer that is gone would take minutes to say so. */
  hangUp(): void {
    clearTimeout(this.#tired);
    this.#generation += 1;
    const wire = this.#wire;
    this.#wire = null;
    wire?.close();
  }
}
