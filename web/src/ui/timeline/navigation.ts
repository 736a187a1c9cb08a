/** Moves the timeline: to the first unread message, to a linked message, to a day, to the end of the log. */
import { type Accessor, createEffect, createSignal, on, onCleanup, onMount } from "solid-js";
import { engine, useConnection } from "../../state";
import type { Seq } from "../../sync/types";
import { t } from "../../text";
import { showProblem, showToast } from "../parts";
import { openPanel } from "../places/router";
import { jump } from "./jump";
import { keyFor } from "./rows";
import type { TimelineState } from "./timelineState";
import type { ListHandle } from "./virtualList";

/** Milliseconds for which a linked message is highlighted. */
const HIGHLIGHT = 2500;

export type Navigation = ReturnType<typeof createNavigation>;

interface Options {
  /** The seq of the message that the page's address names. Null: go to the first unread message; without one, to the newest. */
  at: Accessor<Seq | null>;
  list: () => ListHandle;
  /** Sets the active row, from which the arrow keys continue. */
  setActiveRow: (key: string | null) => void;
}

export function createNavigation(state: TimelineState, options: Options) {
  const { room, about, divider, rows, seen, setSeen, setOpened } = state;
  const connection = useConnection();
  const [linkedSeq, setLinkedSeq] = createSignal<Seq | null>(null);
  let alive = true;
  onCleanup(() => {
    alive = false;
    engine.close(room);
  });

  /** The number of calls of `go` so far. Only the last call moves the list. */
  let calls = 0;
  /** The message of a link that could not be looked for without a connection. */
  let sought: Seq | null = null;
  const go = async (where: "newest" | "unread" | { seq: Seq }, isLink = false): Promise<void> => {
    calls += 1;
    sought = null;
    const call = calls;
    const answer = await engine.open(room, where);
    if (!alive || call !== calls) return;
    state.rebuild();
    if (!answer.ok || answer.value.seq === null) {
      if (answer.ok && typeof where !== "string") void elsewhere(where.seq);
      options.list().toEnd();
    } else {
      const { seq } = answer.value;
      const hasDivider = where === "unread" && rows().some((row) => row.is === "new");
      const key = hasDivider ? "new" : keyFor(rows(), seq);
      if (key === null || where === "newest") options.list().toEnd();
      else options.list().to(key, isLink ? 0.3 : 0.12);
      if (isLink) {
        setLinkedSeq(seq);
        options.setActiveRow(key);
        setTimeout(() => alive && setLinkedSeq((old) => (old === seq ? null : old)), HIGHLIGHT);
      }
    }
    setOpened(true);
    setSeen(seen());
  };
  /** The room does not list the message of a link: it may be in a thread. */
  const elsewhere = async (seq: Seq): Promise<void> => {
    const call = calls;
    const root = await engine.threadOf(room, seq);
    if (!alive || call !== calls) return;
    if (!root.ok) sought = seq;
    else if (root.value === null) showToast(t.timeline.messageGone);
    else openPanel("thread", String(room), String(root.value));
  };
  const toNewest = (): void => {
    if (state.log().atTip) options.list().toEnd();
    else void go("newest");
  };
  const toDay = async (date: Date): Promise<void> => {
    const found = await engine.find(room, date.getTime());
    if (!alive) return;
    if (!found.ok) showProblem(found.problem);
    else if (found.value > (about()?.tip ?? found.value)) toNewest();
    else await go({ seq: found.value });
  };

  onMount(() => {
    engine.wantMembers(room);
    const now = about();
    divider.begin(now !== undefined && now.unread > 0 ? now.read : null);
    state.rebuild();
  });
  createEffect(
    on(
      jump,
      (asked) => {
        if (asked?.room === room) void go({ seq: asked.seq }, true);
      },
      { defer: true },
    ),
  );
  createEffect(on(options.at, (at) => void go(at === null ? "unread" : { seq: at }, at !== null)));
  // Stored messages are shown at once, without a connection. When there is one, go to the first unread message, unless the reader
  // has scrolled away from the end or has written a message meanwhile.
  let wasAway = connection().state !== "online";
  createEffect(
    on(
      () => connection().state === "online",
      (isOnline) => {
        const now = about();
        const isBack = isOnline && wasAway;
        wasAway = !isOnline;
        if (isOnline && sought !== null) void elsewhere(sought);
        if (isOnline) sought = null;
        if (!isBack || !now?.unread || options.at() !== null || state.outbox().length > 0) return;
        if (seen()?.atEnd === false) return;
        setOpened(false);
        divider.begin(now.read);
        void go("unread");
      },
      { defer: true },
    ),
  );
  return {
    /** Go to the first unread message, or to the end if there is none. */
    toUnread: (): void => void go("unread"),
    toNewest,
    /** Go to a message, and highlight it. */
    toMessage: (seq: Seq): void => void go({ seq }, true),
    toDay: (date: Date): void => void toDay(date),
    /** The seq of the message to which the user has just followed a link; null for none. */
    linkedSeq,
  };
}
