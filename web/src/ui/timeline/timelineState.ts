/** The state of the timeline of a room: its rows, and what the reader sees of them. */
import { createEffect, createSignal, on, onCleanup, untrack } from "solid-js";
import { timeZone } from "../../platform/timeZone";
import { useMe, useOutbox, useRoom, useWindow } from "../../state";
import type { LogWindow, RoomId } from "../../sync/types";
import { createDivider } from "./divider";
import { createRedraw } from "./redraw";
import { type Row, Rows } from "./rows";
import type { VisibleRows } from "./virtualList";

export type TimelineState = ReturnType<typeof createTimelineState>;

export function createTimelineState(room: RoomId) {
  const id = (): RoomId => room;
  const log = useWindow(id);
  const outbox = useOutbox(id);
  const about = useRoom(id);
  const me = useMe();
  const [rows, setRows] = createSignal<readonly Row[]>([]);
  const [seen, setSeen] = createSignal<VisibleRows | null>(null, { equals: false });
  const [isOpened, setOpened] = createSignal(false);
  const divider = createDivider();
  const isDirect = (): boolean => about()?.kind === "direct";

  const builder = new Rows();
  let drawnLog: LogWindow | null = null;
  const rebuild = (): void =>
    untrack(() => {
      redraw.cancel();
      drawnLog = log();
      const reader = { me: me()?.id ?? null, newAfter: divider.after(), direct: isDirect(), zone: timeZone() };
      setRows(builder.make(drawnLog, outbox(), reader));
    });
  const redraw = createRedraw(rebuild);
  createEffect(on([log, outbox, divider.after, () => me()?.id, isDirect, timeZone], redraw.soon, { defer: true }));
  rebuild();
  onCleanup(() => redraw.cancel());

  return {
    room,
    about,
    me,
    log,
    outbox,
    divider,
    rows,
    /** Make the rows now, without waiting for the next redraw. */
    rebuild,
    /** The window from which `rows` was made. `log` can already be a newer window. */
    drawnLog: (): LogWindow | null => drawnLog,
    /** The visible rows; null before the first layout. Effects that read it run after each `setSeen`. */
    seen,
    setSeen,
    /** Whether the timeline has reached the place for which it was opened. Before that, no message is marked as read. */
    isOpened,
    setOpened,
    /** Whether the reader sees the end of the log. */
    isAtEnd: (): boolean => log().atTip && (seen()?.atEnd ?? true),
    isDirect,
  };
}
