/**
 * The tabs of one browser. Two locks choose the tab that sends the messages of the outbox, and the tab that notifies the user
 * of arriving messages. The tabs tell each other what they have changed in the store.
 */
import type { RoomId, UserId } from "../types";

export type TabMessage =
  /** The stored outbox has changed. */
  | { about: "outbox"; user: UserId }
  /** The user has discarded a message. */
  | { about: "discard"; user: UserId; key: string }
  | { about: "draft"; user: UserId; room: RoomId; text: string }
  /** The user has signed in or out. */
  | { about: "identity" };

export interface Tabs {
  /** Whether the engine of this tab reports `arrived` to its listeners, which notify the user. One tab of a browser does. */
  readonly announces: boolean;
  /**
   * Wait for the lock of the tab that sends messages. The promise is fulfilled with a function that releases the lock; it is
   * never fulfilled if `signal` is aborted before.
   */
  post(signal: AbortSignal): Promise<() => void>;
  /** Send a message to the other tabs. */
  tell(note: TabMessage): void;
  /** Receive the messages of other tabs. */
  listen(listener: (note: TabMessage) => void): void;
}

/** For browsers in which tabs can not reach each other: this tab acts as if it was the only one. */
export class SingleTab implements Tabs {
  readonly announces = true;

  async post(): Promise<() => void> {
    return () => undefined;
  }

  tell(): void {}

  listen(): void {}
}

/** The tabs of a browser, connected by Web Locks and a BroadcastChannel. */
export class BrowserTabs implements Tabs {
  announces = false;
  readonly #locks: LockManager;
  readonly #channel: BroadcastChannel;
  readonly #name: string;

  /** @param name the same for all tabs that belong together. */
  constructor(name: string, locks: LockManager, channel: BroadcastChannel) {
    this.#name = name;
    this.#locks = locks;
    this.#channel = channel;
    const announces = locks.request(`${name} voice`, () => {
      this.announces = true;
      return new Promise(() => undefined); // holds the lock until the tab is closed
    });
    announces.catch(() => {
      this.announces = true; // without locks each tab acts as if it was the only one
    });
  }

  post(signal: AbortSignal): Promise<() => void> {
    return new Promise((resolve) => {
      const held = this.#locks.request(`${this.#name} outbox`, { signal }, () => new Promise<void>(resolve));
      // If the lock is refused, send anyway: a message that is sent twice under one key is stored once.
      held.catch(() => {
        if (!signal.aborted) resolve(() => undefined);
      });
    });
  }

  tell(note: TabMessage): void {
    this.#channel.postMessage(note);
  }

  listen(listener: (note: TabMessage) => void): void {
    this.#channel.onmessage = ({ data }: MessageEvent<TabMessage>) => listener(data);
  }
}
