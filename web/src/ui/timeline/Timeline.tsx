/** What is said in a room, and what happened there. */
import {
  createEffect,
  createMemo,
  createSelector,
  createSignal,
  type JSX,
  Match,
  on,
  onCleanup,
  onMount,
  Show,
  Switch,
  untrack,
} from "solid-js";
import { engine, useConnection, useMe, useOutbox, useRoom, useWindow } from "../../state";
import type { LogWindow, RoomId, Seq } from "../../sync/types";
import { sentence, t } from "../../text";
import { quoteInto } from "../composer/insertion";
import { ContextMenu, tell, tellProblem } from "../parts";
import * as icons from "../parts/glyphs";
import { useTitle } from "../places/roomTitle";
import { pathOf } from "../places/router";
import { watch } from "../places/watchedRoom";
import { density } from "../theme";
import { createHearing } from "./announcements";
import { Context, type TimelineContext } from "./context";
import { createDivider } from "./divider";
import { Day, DayName, Edge, Fold, Line, NewDivider, Start } from "./EventLines";
import { Message, PendingMessage } from "./Message";
import { createMessageMenu } from "./messageMenu";
import { Readers, type ReadersOf } from "./Readers";
import { createReading } from "./readMarks";
import { createPace } from "./redraw";
import { createNames } from "./roomNames";
import { createPointing } from "./rowFocus";
import { estimate } from "./rowHeights";
import { isSaid, isUnsaid, keyFor, type Row, Rows, seqOf } from "./rows";
import { type Handle, Scroller, type Seen } from "./Scroller";
import styles from "./Timeline.module.css";
import { Typing } from "./Typing";

export interface TimelineProps {
  room: RoomId;
  /** The seq of a message to go to; null: the first unread one, else the newest. */
  at: Seq | null;
  /** A person's name was pressed. */
  onPerson?: (user: number, name: string, anchor: HTMLElement) => void;
}

/** The conversation of one room. Another room is another conversation: nothing of the first one stays. */
export function Timeline(props: TimelineProps): JSX.Element {
  return (
    <Show when={props.room} keyed>
      {(room) => (
        <Conversation
          room={room}
          at={props.at}
          onPerson={(user, name, anchor) => props.onPerson?.(user, name, anchor)}
        />
      )}
    </Show>
  );
}

function Conversation(props: {
  room: RoomId;
  at: Seq | null;
  onPerson: (user: number, name: string, anchor: HTMLElement) => void;
}): JSX.Element {
  const { room } = props;
  const id = (): RoomId => room;
  const log = useWindow(id);
  const outbox = useOutbox(id);
  const about = useRoom(id);
  const me = useMe();
  const connection = useConnection();

  const [rows, setRows] = createSignal<readonly Row[]>([]);
  const [seen, setSeen] = createSignal<Seen | null>(null, { equals: false });
  const [isOpened, setOpened] = createSignal(false);
  const [pointedAt, setPointedAt] = createSignal<Seq | null>(null);
  const [readersOf, setReadersOf] = createSignal<ReadersOf | null>(null);
  const [now, setNow] = createSignal(Date.now());
  const isPointed = createSelector(pointedAt);
  let view!: HTMLElement;
  let handle!: Handle;
  let alive = true;
  const names = createNames(room, props.onPerson);
  const unfolded = new Set<Seq>();
  const heard = createHearing(room);
  const pointing = createPointing({
    rows,
    seen,
    handle: () => handle,
    view: () => view,
    toNewest: () => toNewest(),
  });

  // The window becomes rows.
  const builder = new Rows();
  let shownLog: LogWindow | null = null;
  const divider = createDivider();
  const direct = (): boolean => about()?.kind === "direct";
  const title = useTitle(() => about() ?? undefined);
  const rebuild = (): void => {
    pace.cancel();
    shownLog = log();
    const reading = { me: me()?.id ?? null, newAfter: divider.after(), direct: direct() };
    setRows(builder.make(shownLog, outbox(), reading));
  };
  const pace = createPace(() => untrack(rebuild));
  createEffect(on([log, outbox, divider.after, () => me()?.id, direct], pace.soon, { defer: true }));
  untrack(rebuild);

  // Going somewhere.
  let errand = 0;
  const go = async (where: "newest" | "unread" | { seq: Seq }, isLink = false): Promise<void> => {
    errand += 1;
    const mine = errand;
    const answer = await engine.open(room, where);
    if (!alive || mine !== errand) return;
    untrack(rebuild);
    if (!answer.ok || answer.value.seq === null) {
      if (answer.ok && typeof where !== "string") tell(t.timeline.messageGone);
      handle.toEnd();
    } else {
      const { seq } = answer.value;
      const hasDivider = where === "unread" && rows().some((row) => row.is === "new");
      const key = hasDivider ? "new" : keyFor(rows(), seq);
      if (key === null || where === "newest") handle.toEnd();
      else handle.to(key, isLink ? 0.3 : 0.12);
      if (isLink) {
        setPointedAt(seq);
        pointing.setActive(key);
        setTimeout(() => alive && setPointedAt((old) => (old === seq ? null : old)), 2500);
      }
    }
    setOpened(true);
    setSeen(seen());
  };
  const toNewest = (): void => {
    if (log().atTip) handle.toEnd();
    else void go("newest");
  };
  const goToDay = async (date: Date): Promise<void> => {
    const found = await engine.find(room, date.getTime());
    if (!alive) return;
    if (!found.ok) tellProblem(found.problem);
    else if (found.value > (about()?.tip ?? found.value)) toNewest();
    else await go({ seq: found.value });
  };

  onMount(() => {
    engine.wantMembers(room);
    const state = about();
    divider.begin(state !== undefined && state.unread > 0 ? state.read : null);
    untrack(rebuild);
  });
  createEffect(
    on(
      () => props.at,
      (at) => void go(at === null ? "unread" : { seq: at }, at !== null),
    ),
  );
  // What is kept is shown at once; what came meanwhile then begins where one left off, unless one has looked around since.
  let wasAway = connection().state !== "online";
  createEffect(
    on(
      () => connection().state === "online",
      (isOnline) => {
        const state = about();
        const isBack = isOnline && wasAway;
        wasAway = !isOnline;
        if (!isBack || !state?.unread || props.at !== null || outbox().length > 0 || seen()?.atEnd === false) return;
        setOpened(false);
        divider.begin(state.read);
        void go("unread");
      },
      { defer: true },
    ),
  );
  // A new day begins while one looks.
  const clock = setInterval(() => setNow(Date.now()), 60_000);

  // What has really been seen is read.
  const isAtEnd = (): boolean => log().atTip && (seen()?.atEnd ?? true);
  watch(
    room,
    createMemo(() => isOpened() && isAtEnd()),
  );
  const reading = createReading(
    () => {
      const last = seen()?.whole ?? null;
      if (last === null || !isOpened()) return null;
      const list = rows();
      let at = list.findIndex((row) => row.key === last);
      // Events of kinds that are not shown are seen with what stands at the end.
      const shown = list.slice(at + 1).every((row) => seqOf(row) === null);
      // Of what has come since it was drawn nothing was seen.
      if (shown && shownLog?.atTip && at >= 0) return shownLog.events.at(-1)?.seq ?? null;
      for (; at >= 0; at -= 1) {
        const row = list[at];
        const seq = row === undefined ? null : seqOf(row);
        if (seq !== null) return seq;
      }
      return null;
    },
    (seq) => {
      if (seq > (about()?.read ?? 0)) engine.read(room, seq);
    },
  );
  createEffect(on([seen, rows, isOpened], () => reading.look(), { defer: true }));

  // What comes while one is elsewhere, or looks elsewhere, is new.
  let newest = log().events.at(-1)?.seq ?? 0;
  createEffect(
    on(log, (current) => {
      const last = current.events.at(-1)?.seq ?? 0;
      // The first page is no news.
      if (current.atTip && newest > 0 && last > newest && isOpened()) {
        const came = current.events.slice(-Math.min(last - newest, current.events.length)).filter(isSaid);
        const first = came[0];
        const isOwn = came.some((event) => event.user === me()?.id);
        if (isOwn) divider.clear();
        else if (first !== undefined && !(reading.isLooking() && isAtEnd()))
          divider.came(first.seq - 1, about()?.read ?? 0);
      }
      newest = Math.max(newest, last);
    }),
  );
  // Who writes wants to see it.
  let lastKey = outbox().at(-1)?.key;
  createEffect(
    on(outbox, (pending) => {
      const last = pending.at(-1)?.key;
      // What was written in another tab moves nobody who reads here.
      if (last !== undefined && last !== lastKey && engine.wrote(last) && isOpened()) {
        divider.clear();
        toNewest();
      }
      lastKey = last;
    }),
  );

  // Pages are fetched before one gets to where they are missing.
  const older = (): void => void engine.older(room);
  const newer = (): void => void engine.newer(room);
  createEffect(
    on(seen, (at) => {
      const current = untrack(log);
      // What is seen has to be of this window: one that has just come is not laid out yet.
      if (at === null || !isOpened() || current.problem !== null || current !== shownLog) return;
      if (!current.atStart && !current.loadingOlder && at.above < 2500) older();
      if (!current.atTip && !current.loadingNewer && at.below < 2500) newer();
    }),
  );

  onCleanup(() => {
    alive = false;
    pace.cancel();
    clearInterval(clock);
    reading.stop();
    engine.close(room);
  });

  const context: TimelineContext = {
    room: id,
    roomName: title,
    direct,
    // Who made a private room came in right after its first two events.
    fromStart: () => (about()?.floor ?? 1) <= 3,
    me: () => me()?.id ?? null,
    ...names,
    isHot: pointing.isHot,
    isPointedAt: isPointed,
    now,
    goToDay: (date) => void goToDay(date),
    older,
    newer,
    quote: (text, author) => quoteInto(room, text, author),
    unfolded,
    link: (seq) => {
      const current = about();
      return current === undefined ? `/r/${room}/${seq}` : pathOf(current, seq);
    },
    showReaders: (seq, anchor) => setReadersOf({ seq, anchor }),
    openPerson: props.onPerson,
  };

  const menu = createMessageMenu(rows, context);

  const isEmpty = createMemo(() => isUnsaid(rows()));
  // Far from the end one wants to know when it was; where the day's own line is seen, it says so.
  const dayAbove = createMemo((): number | null => {
    const first = seen()?.first;
    if (first === undefined || isAtEnd()) return null;
    const list = rows();
    for (let at = list.findIndex((row) => row.key === first); at >= 0 && at < list.length; at += 1) {
      const row = list[at];
      if (row === undefined || row.is === "start" || row.is === "edge") continue;
      if (row.is === "message" || row.is === "line") return row.event.at;
      if (row.is === "fold") return row.events[0]?.at ?? null;
      if (row.is === "day") return null;
    }
    return null;
  });
  const unread = (): number => about()?.unread ?? 0;
  const name = (): string => about()?.name ?? "";

  return (
    <Context.Provider value={context}>
      <section class={styles["timeline"]}>
        <Show when={rows().length === 0}>
          <div class={styles["blank"]}>
            <Switch fallback={<span class={styles["wait"]}>{t.timeline.loading}</span>}>
              <Match when={log().problem}>
                {(problem) => (
                  <>
                    <p>{sentence(problem())}</p>
                    <button type="button" onClick={() => void go("unread")}>
                      {t.timeline.tryAgain}
                    </button>
                  </>
                )}
              </Match>
              <Match when={connection().state === "waiting"}>
                <p>{t.timeline.offlineEmpty}</p>
              </Match>
            </Switch>
          </div>
        </Show>
        <Scroller<Row>
          rows={rows}
          estimate={(row, width) => estimate(row, width, density())}
          holds={(row) => seqOf(row) !== null}
          follows={() => log().atTip}
          onSeen={setSeen}
          ref={(made) => {
            handle = made;
          }}
          attributes={{
            ref: (element: HTMLDivElement) => {
              view = element;
            },
            role: "log",
            // Pages come and go as one scrolls: what is to be heard is told below, once.
            "aria-live": "off",
            "aria-label": t.timeline.log(name()),
            tabIndex: 0,
            onKeyDown: pointing.keyDown,
            onFocusIn: pointing.focusIn,
            onFocusOut: pointing.focusOut,
            onPointerOver: pointing.pointerOver,
            onPointerLeave: pointing.pointerLeave,
            onPointerDown: menu.pointerDown,
          }}
        >
          {(row) => <RowOf row={row} empty={isEmpty} myName={me()?.name ?? ""} />}
        </Scroller>
        <Show when={isOpened() ? dayAbove() : null}>
          {(at) => (
            <div class={styles["above"]}>
              <DayName at={at()} tabIndex={0} />
            </div>
          )}
        </Show>
        <Show when={isOpened() && rows().length > 0 && !isAtEnd()}>
          <button
            type="button"
            class={styles["newest"]}
            classList={{ [styles["counted"] ?? ""]: unread() > 0 }}
            onClick={() => {
              // The button goes: the focus stays in the conversation.
              view.focus({ preventScroll: true });
              toNewest();
            }}
            aria-label={
              unread() > 0 ? `${t.timeline.newMessages(unread())}: ${t.timeline.toNewest}` : t.timeline.toNewest
            }
            title={t.timeline.toNewest}
          >
            <Show when={unread() > 0}>{t.timeline.newMessages(unread())}</Show>
            <icons.Down />
          </button>
        </Show>
        <Typing room={room} />
        <ContextMenu within={() => view} find={menu.find} />
        <Readers of={readersOf()} room={room} onClose={() => setReadersOf(null)} />
        <div class="visually-hidden" role="status" aria-live="polite">
          {heard()}
        </div>
      </section>
    </Context.Provider>
  );
}

function RowOf(props: { row: Row; empty: () => boolean; myName: string }): JSX.Element {
  const { row } = props;
  switch (row.is) {
    case "start":
      return <Start empty={props.empty()} />;
    case "edge":
      return <Edge side={row.side} />;
    case "day":
      return <Day at={row.at} />;
    case "new":
      return <NewDivider />;
    case "message":
      return <Message rowKey={row.key} event={row.event} head={row.head} />;
    case "line":
      return <Line rowKey={row.key} event={row.event} />;
    case "fold":
      return <Fold rowKey={row.key} events={row.events} />;
    case "pending":
      return <PendingMessage rowKey={row.key} pending={row.pending} head={row.head} name={props.myName} />;
  }
}
