import { applied, changedBy, isChange, uptoOf } from "../forms";
import { isMessage, type Problem, type RoomEvent, type Seq, type Thread, type UserId } from "../types";

const NOTHING: Thread = { events: [], atStart: false, loading: false, problem: null };

/** Messages of a room that are held although the window does not list them: those that replies quote, and open threads. */
export class Aside {
  /** Null: the message does not exist for this user. */
  readonly #held = new Map<Seq, RoomEvent | null>();
  readonly #threads = new Map<Seq, Thread>();

  get(seq: Seq): RoomEvent | null | undefined {
    return this.#held.get(seq);
  }

  thread(root: Seq): Thread {
    return this.#threads.get(root) ?? NOTHING;
  }

  /** Hold the message `seq`; undefined: the server does not show it. */
  put(seq: Seq, event: RoomEvent | undefined): void {
    const old = this.#held.get(seq);
    if (event === undefined) this.#held.set(seq, old ?? null);
    else if (old == null || uptoOf(event) >= uptoOf(old)) this.#held.set(seq, event);
  }

  /** A page of a thread is being loaded. */
  loading(root: Seq): void {
    this.#threads.set(root, { ...this.thread(root), loading: true, problem: null });
  }

  /** A page of a thread has come, which ends before the messages that are held; null: it could not be loaded. */
  took(root: Seq, events: readonly RoomEvent[] | null, atStart: boolean, problem: Problem | null): void {
    const thread = this.#threads.get(root);
    if (thread === undefined) return;
    const first = thread.events[0]?.seq ?? Number.POSITIVE_INFINITY;
    const older = (events ?? []).filter((event) => event.seq < first);
    const all = [...older, ...thread.events];
    this.#threads.set(root, {
      events: all,
      atStart: events === null ? thread.atStart : atStart,
      loading: false,
      problem,
    });
  }

  close(root: Seq): void {
    this.#threads.delete(root);
  }

  /** Changes are missing, or the room is gone: hold nothing. */
  clear(): void {
    this.#held.clear();
    this.#threads.clear();
  }

  /** Events of the stream have arrived. Returns whether something here has changed. */
  apply(events: readonly RoomEvent[], me: UserId): boolean {
    let hasChanged = false;
    for (const event of events) {
      for (const seq of changedBy(event)) {
        const held = this.#held.get(seq);
        const next = held == null ? held : applied(held, event, me);
        if (next == null || next === held) continue;
        this.#held.set(seq, next);
        hasChanged = true;
      }
      const { thread: root = 0 } = event;
      const thread = this.#threads.get(root);
      if (thread === undefined) continue;
      const next = isChange(event)
        ? thread.events.map((each) => applied(each, event, me))
        : isMessage(event) && event.seq > (thread.events.at(-1)?.seq ?? 0)
          ? [...thread.events, event]
          : thread.events;
      if (next === thread.events) continue;
      this.#threads.set(root, { ...thread, events: next });
      hasChanged = true;
    }
    return hasChanged;
  }
}
