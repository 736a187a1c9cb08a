/**
 * Several tabs of one browser: one of them sends what is in the outbox, one of them speaks up when something arrives, and they
 * tell one another what they have changed in the store.
 */
import type { RoomId, UserId } from "../types";

export type Note =
  /** The outbox in the store has changed. */
  | { about: "outbox"; user: UserId }
  /** A message is not to be sent. */
  | { about: "discard"; user: UserId; key: string }
  | { about: "draft"; user: UserId; room: RoomId; text: string }
  /** Somebody signed in or out. */
  | { about: "identity" };

export interface Tabs {
  /** Whether this is the tab that tells of what arrives. */
  readonly voice: boolean;
  /**
   * Become the only tab that sends. The promise is fulfilled when we are, with what ends it; it is never fulfilled if `signal`
   * is aborted before.
   */
  post(signal: AbortSignal): Promise<() => void>;
  /** Tell the other tabs. */
  tell(note: Note): void;
  /** Hear what other tabs tell. */
  listen(listener: (note: Note) => void): void;
}

/** There is no other tab. */
export class OneTab implements Tabs {
  readonly voice = true;

  async post(): Promise<() => void> {
    return () => undefined;
  }

  tell(): void {}

  listen(): void {}
}

/** Tabs of a browser, by Web Locks and a BroadcastChannel. */
export class BrowserTabs implements Tabs {
  voice = false;
  readonly #locks: LockManager;
  readonly #channel: BroadcastChannel;
  readonly #name: string;

  /** @param name is common to the tabs that belong together. */
  constructor(name: string, locks: LockManager, channel: BroadcastChannel) {
    this.#name = name;
    this.#locks = locks;
    this.#channel = channel;
    const voice = locks.request(`${name} voice`, () => {
      this.voice = true;
      return new Promise(() => undefined); // for as long as there is this tab
    });
    voice.catch(() => {
      this.voice = true; // where there are no locks for us, each tab is on its own
    });
  }

  post(signal: AbortSignal): Promise<() => void> {
    return new Promise((resolve) => {
      const held = this.#locks.request(`${this.#name} outbox`, { signal }, () => new Promise<void>(resolve));
      // Aborted, nobody waits any more. Refused, sending twice what has one key does no harm, and not sending does.
      held.catch(() => {
        if (!signal.aborted) resolve(() => undefined);
      });
    });
  }

  tell(note: Note): void {
    this.#channel.postMessage(note);
  }

  listen(listener: (note: Note) => void): void {
    this.#channel.onmessage = ({ data }: MessageEvent<Note>) => listener(data);
  }
}
