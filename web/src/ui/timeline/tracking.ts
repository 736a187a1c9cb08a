/** What happens by itself while a timeline is shown: messages are marked as read, the divider moves, pages are fetched. */
import { createEffect, createMemo, on, onCleanup, untrack } from "solid-js";
import { engine } from "../../state";
import { isMessage, isPendingChange, type Pending, type Seq } from "../../sync/types";
import { watch } from "../places/watchedRoom";
import { createReadMarks } from "./readMarks";
import { seqOf } from "./rows";
import type { TimelineState } from "./timelineState";

/** The next page is fetched when fewer pixels than this are left between the view and the end of the loaded messages. */
const AHEAD = 2500;

/** The seq of the newest event that is completely visible; null if there is none. */
function newestSeen({ seen, isOpened, rows, drawnLog }: TimelineState): Seq | null {
  const last = seen()?.whole ?? null;
  if (last === null || !isOpened()) return null;
  const list = rows();
  let at = list.findIndex((row) => row.key === last);
  // If the last visible row is the last with an event, return the seq of the log's newest event, which may have no row.
  const isLast = list.slice(at + 1).every((row) => seqOf(row) === null);
  const drawn = drawnLog();
  if (isLast && drawn?.atTip && at >= 0) return drawn.last;
  for (; at >= 0; at -= 1) {
    const row = list[at];
    const seq = row === undefined ? null : seqOf(row);
    if (seq !== null) return seq;
  }
  return null;
}

/** Mark messages as read when they become visible. Returns a function that tells whether the page is visible and has the focus. */
export function trackReading(state: TimelineState): () => boolean {
  const { room, about, seen, rows, isOpened } = state;
  watch(
    room,
    createMemo(() => isOpened() && state.isAtEnd()),
  );
  const marks = createReadMarks(
    () => newestSeen(state),
    (seq) => {
      if (seq > (about()?.read ?? 0)) engine.read(room, seq);
    },
  );
  createEffect(on([seen, rows, isOpened], () => marks.look(), { defer: true }));
  onCleanup(() => marks.stop());
  return marks.isLooking;
}

/** Put the divider before messages that arrive while the end of the log is not visible, or the page does not have the focus. */
export function trackDivider(state: TimelineState, isLooking: () => boolean): void {
  const { log, about, me, divider, isOpened } = state;
  let newest = log().events.at(-1)?.seq ?? 0;
  createEffect(
    on(log, (current) => {
      const last = current.events.at(-1)?.seq ?? 0;
      // When the first page is loaded, `newest` is 0: its messages have not just arrived.
      if (current.atTip && newest > 0 && last > newest && isOpened()) {
        const came = current.events
          .slice(-Math.min(last - newest, current.events.length))
          .filter((event) => event.seq > newest && isMessage(event));
        const first = came[0];
        const isOwn = came.some((event) => event.user === me()?.id);
        if (isOwn) divider.clear();
        else if (first !== undefined && !(isLooking() && state.isAtEnd()))
          divider.came(first.seq - 1, about()?.read ?? 0);
      }
      newest = Math.max(newest, last);
    }),
  );
}

/** Go to the end when the user sends a message. */
export function followOwnMessages({ outbox, isOpened, divider }: TimelineState, toNewest: () => void): void {
  const newest = (pending: readonly Pending[]): string | undefined =>
    pending.findLast((each) => !isPendingChange(each) && (each.thread === undefined || each.also === true))?.key;
  let lastKey = newest(outbox());
  createEffect(
    on(outbox, (pending) => {
      const last = newest(pending);
      // Ignore messages that were written in other tabs.
      if (last !== undefined && last !== lastKey && engine.wrote(last) && isOpened()) {
        divider.clear();
        toNewest();
      }
      lastKey = last;
    }),
  );
}

/** Fetch the next page before the reader reaches the end of the loaded messages. */
export function fetchAhead({ room, log, drawnLog, seen, isOpened }: TimelineState): void {
  createEffect(
    on(seen, (at) => {
      const current = untrack(log);
      // The distances in `at` are those of the drawn window: wait if there is a newer one.
      if (at === null || !isOpened() || current.problem !== null || current !== drawnLog()) return;
      if (!current.atStart && !current.loadingOlder && at.above < AHEAD) void engine.older(room);
      if (!current.atTip && !current.loadingNewer && at.below < AHEAD) void engine.newer(room);
    }),
  );
}
