/**
 * Whether the user is muted in a room, as far as this device knows: from `muted` events and from refused messages. Stored on the
 * device, because the event may not be in the room's window when the room is opened next.
 */
import { type Accessor, createEffect, createMemo, createSignal, onCleanup, untrack } from "solid-js";
import { engine, onArrived, useMe, useOutbox, useRoom, useWindow } from "../../state";
import type { Millis, RoomEvent, RoomId, Seq, UserId } from "../../sync/types";
import { createStoredList } from "../parts/storedList";

export interface Mute {
  user: UserId;
  room: RoomId;
  /** The seq of the `muted` event; if only a refused message tells of the mute, the seq of the newest event at that time. */
  seq: Seq;
  /** When it ends; 0 for never. */
  until: Millis;
  /** Empty if it is not known. */
  by: string;
  why: string;
}

const MOST = 100;
const mutes = createStoredList<Mute>(
  "mutes",
  { user: "number", room: "number", seq: "number", until: "number", by: "string", why: "string" },
  MOST,
);

/** The longest delay of `setTimeout`, in milliseconds. */
const LONGEST = 0x7fffffff;

/** The `until` of a mute that was lifted. Its entry stays stored, so that an older `muted` event has no effect. */
const LIFTED = 1;

/** The mute according to the newest event that mutes or unmutes the user; undefined if there is no such event. */
export function muteOf(events: readonly RoomEvent[], room: RoomId, user: UserId): Mute | undefined {
  const event = events.findLast(({ kind, about }) => about?.user === user && (kind === "muted" || kind === "unmuted"));
  if (event === undefined) return undefined;
  const { seq, name: by, text: why, about } = event;
  return { user, room, seq, until: event.kind === "muted" ? (about?.until ?? 0) : LIFTED, by, why };
}

function learn(news: Mute): void {
  const known = mutes.all().find((each) => each.user === news.user && each.room === news.room);
  if (!known || known.seq < news.seq) mutes.put(news, (each) => each === known);
}

/** Store mutes and their ends in all rooms, also in those that are not open, until the calling component is removed. */
export function trackOwnMutes(): void {
  onArrived(({ room, event }) => {
    const user = engine.me()?.id;
    const news = user === undefined ? undefined : muteOf([event], room, user);
    if (news) learn(news);
  });
}

/** The present mute of the user in a room; null if none is known, or when it has ended. */
export function useOwnMute(room: RoomId): Accessor<Mute | null> {
  const me = useMe();
  const about = useRoom(room);
  const log = useWindow(room);
  const outbox = useOutbox(room);
  createEffect(() => {
    const user = me()?.id;
    const { events, atTip } = log();
    // A window that does not end at the newest event may lack a later mute or its end.
    const news = user === undefined || !atTip ? undefined : muteOf(events, room, user);
    if (news) untrack(() => learn(news));
  });

  // If a message that was being sent becomes refused because of a mute, store the mute.
  const underWay = new Set<string>();
  createEffect(() => {
    const user = me()?.id;
    for (const { key, state, problem } of outbox()) {
      if (state !== "refused") underWay.add(key);
      else if (underWay.delete(key) && problem?.code === "muted" && user !== undefined) {
        const until = problem.retryAfter ? Date.now() + problem.retryAfter : 0;
        untrack(() => {
          if (!now()) learn({ user, room, seq: about()?.tip ?? 0, until, by: "", why: "" });
        });
      }
    }
  });

  const [over, setOver] = createSignal(Date.now());
  const now = createMemo(() => {
    const found = mutes.all().find((each) => each.user === me()?.id && each.room === room);
    const time = Math.max(
      over(),
      untrack(() => Date.now()),
    );
    return found && (found.until === 0 || found.until > time) ? found : null;
  });
  createEffect(() => {
    const until = now()?.until;
    if (!until) return;
    const timer = setTimeout(() => setOver(Date.now()), Math.min(until - Date.now() + 1, LONGEST));
    onCleanup(() => clearTimeout(timer));
  });
  return now;
}
