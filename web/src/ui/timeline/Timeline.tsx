/** The timeline of a room: its messages and other events, as a list that is scrolled. */
import {
  createEffect,
  createMemo,
  createSelector,
  createSignal,
  type JSX,
  Match,
  onCleanup,
  Show,
  Switch,
} from "solid-js";
import { lazyModule } from "../../platform/lazyModule";
import { engine, useConnection } from "../../state";
import { useMay } from "../../state/ownPermissions";
import type { RoomId, Seq } from "../../sync/types";
import { sentence, t } from "../../text";
import { quoteInto } from "../composer/insertion";
import { editMessage, replyTo } from "../composer/intent";
import { ContextMenu, Icon, loadPart, showToast } from "../parts";
import { useTitle } from "../places/roomTitle";
import { pathOf } from "../places/router";
import { density } from "../theme";
import { createAnnouncements } from "./announcements";
import { Context, Messages, type TimelineContext } from "./context";
import type { Picking } from "./EmojiPopover";
import { Day, DayName, Edge, Fold, Line, NewDivider, Start } from "./EventLines";
import { Gone, Message, PendingMessage } from "./Message";
import { createMessageMenu } from "./messageMenu";
import { createNavigation } from "./navigation";
import type { ReadersOf } from "./Readers";
import { createRoomNames, type OpenPerson } from "./roomNames";
import { createRowFocus } from "./rowFocus";
import { estimate } from "./rowHeights";
import { hasNoMessages, type Row, seqOf } from "./rows";
import { Scroller } from "./Scroller";
import styles from "./Timeline.module.css";
import { Typing } from "./Typing";
import { createTimelineState, type TimelineState } from "./timelineState";
import { fetchAhead, followOwnMessages, trackDivider, trackReading } from "./tracking";
import type { ListHandle } from "./virtualList";

const printedRoom = lazyModule(() => import("./PrintedRoom"));
const popovers = lazyModule(() => import("./popovers"));

type Popovers = typeof import("./popovers");

export interface TimelineProps {
  room: RoomId;
  /** The seq of the message to go to. Null: go to the first unread message; if there is none, to the newest. */
  at: Seq | null;
  onPerson: OpenPerson;
}

/** `room` must not change: create a new component for another room. */
export function Timeline(props: TimelineProps): JSX.Element {
  const { room } = props;
  let view!: HTMLElement;
  let list!: ListHandle;
  const names = createRoomNames(room, props.onPerson);
  const announced = createAnnouncements(room);
  const state = createTimelineState(room);
  const { about, log, me, rows, seen, isOpened } = state;
  const focus = createRowFocus({
    rows,
    seen,
    list: () => list,
    view: () => view,
    toNewest: () => navigation.toNewest(),
  });
  const navigation = createNavigation(state, { at: () => props.at, list: () => list, setActiveRow: focus.setActive });
  const isLooking = trackReading(state);
  trackDivider(state, isLooking);
  followOwnMessages(state, navigation.toNewest);
  fetchAhead(state);

  const [picking, setPicking] = createSignal<Picking | null>(null);
  const [readersOf, setReadersOf] = createSignal<ReadersOf | null>(null);
  const [now, setNow] = createSignal(Date.now());
  // Names of days such as "Today" change at midnight, so look at the clock every minute.
  const clock = setInterval(() => setNow(Date.now()), 60_000);
  onCleanup(() => clearInterval(clock));

  const context: TimelineContext = {
    ...state,
    ...navigation,
    ...names,
    roomName: useTitle(about),
    isHot: focus.isHot,
    isLinked: createSelector(navigation.linkedSeq),
    now,
    quote: (text, author) => quoteInto(room, text, author),
    unfolded: new Set(),
    held: (seq) => {
      log();
      return engine.held(room, seq);
    },
    mayModerate: () => may("kick"),
    link: (seq) => {
      const current = about();
      return current === undefined ? `/r/${room}/${seq}` : pathOf(current, seq);
    },
    thread: null,
    edit: (event) => editMessage(room, event),
    reply: (event, name) => replyTo(room, event, name),
    react: (event, anchor) => setPicking({ event, anchor }),
    showReaders: (seq, anchor) => setReadersOf({ seq, anchor }),
    openPerson: props.onPerson,
  };
  const menu = createMessageMenu(rows, context);
  const may = useMay(() => room);
  const isEmpty = createMemo(() => hasNoMessages(rows()));

  return (
    <Context.Provider value={context}>
      <Messages.Provider value={context}>
        <section class={styles["timeline"]}>
          <Show when={rows().length === 0}>
            <Blank state={state} onRetry={navigation.toUnread} />
          </Show>
          <Scroller<Row>
            rows={rows}
            estimate={(row, width) => estimate(row, width, density())}
            holds={(row) => seqOf(row) !== null}
            follows={() => log().atTip}
            onSeen={state.setSeen}
            ref={(made) => {
              list = made;
            }}
            attributes={{
              ref: (element: HTMLDivElement) => {
                view = element;
              },
              role: "log",
              // Off, as scrolling adds and removes rows. A live region below announces each new message once.
              "aria-live": "off",
              "aria-label": t.timeline.log(about()?.name ?? ""),
              tabIndex: 0,
              onKeyDown: focus.keyDown,
              onFocusIn: focus.focusIn,
              onFocusOut: focus.focusOut,
              onPointerOver: focus.pointerOver,
              onPointerLeave: focus.pointerLeave,
              onPointerDown: menu.pointerDown,
            }}
          >
            {(row) => <RowOf row={row} empty={isEmpty} myName={me()?.name ?? ""} />}
          </Scroller>
          <Paper />
          <DayAbove state={state} />
          <Show when={isOpened() && rows().length > 0 && !state.isAtEnd()}>
            <NewestButton
              unread={about()?.unread ?? 0}
              onPress={() => {
                // The button disappears when the end is reached: move its focus to the timeline.
                view.focus({ preventScroll: true });
                navigation.toNewest();
              }}
            />
          </Show>
          <Typing room={room} />
          <ContextMenu within={() => view} find={menu.find} />
          <Show when={readersOf()}>
            {(of) => (
              <Popover onClose={() => setReadersOf(null)}>
                {({ Readers }) => <Readers of={of()} room={room} onClose={() => setReadersOf(null)} />}
              </Popover>
            )}
          </Show>
          <div class="visually-hidden" role="status" aria-live="polite">
            {announced()}
          </div>
          <Show when={picking()} keyed>
            {(of) => (
              <Popover onClose={() => setPicking(null)}>
                {({ EmojiPopover }) => <EmojiPopover of={of} room={room} onClose={() => setPicking(null)} />}
              </Popover>
            )}
          </Show>
        </section>
      </Messages.Provider>
    </Context.Provider>
  );
}

/** Shows something beside a message, when the part for that is loaded. If it can't be loaded, a notice says so. */
function Popover(props: { onClose: () => void; children: (parts: Popovers) => JSX.Element }): JSX.Element {
  const part = loadPart(popovers);
  createEffect(() => {
    if (part.failure() === null) return;
    showToast(t.shell.parts.unreachable, true);
    props.onClose();
  });
  return (
    <Show when={part.module()} keyed>
      {(parts) => props.children(parts)}
    </Show>
  );
}

/**
 * Loads the module for printing when a room is opened, because printing does not wait for it, and shows the printed room. If
 * loading fails, the next room that is opened tries again.
 */
function Paper(): JSX.Element {
  const part = loadPart(printedRoom);
  return (
    <Show when={part.module()} keyed>
      {({ PrintedRoom }) => <PrintedRoom />}
    </Show>
  );
}

/** Shown instead of rows while messages are being loaded, or when they could not be. */
function Blank(props: { state: TimelineState; onRetry: () => void }): JSX.Element {
  const connection = useConnection();
  return (
    <div class={styles["blank"]}>
      <Switch fallback={<span class={styles["wait"]}>{t.timeline.loading}</span>}>
        <Match when={props.state.log().problem}>
          {(problem) => (
            <>
              <p>{sentence(problem())}</p>
              <button type="button" onClick={() => props.onRetry()}>
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
  );
}

/** The day of the first visible message, at the top of the timeline. Hidden at the end of the log, and while the row of that day is
 * visible. */
function DayAbove(props: { state: TimelineState }): JSX.Element {
  const { rows, seen, isOpened, isAtEnd } = props.state;
  const day = createMemo((): number | null => {
    const first = seen()?.first;
    if (first === undefined || isAtEnd()) return null;
    const list = rows();
    for (let at = list.findIndex((row) => row.key === first); at >= 0 && at < list.length; at += 1) {
      const row = list[at];
      if (row === undefined || row.is === "start" || row.is === "edge") continue;
      if (row.is === "message" || row.is === "line") return row.event.at;
      if (row.is === "fold" || row.is === "gone") return row.events[0]?.at ?? null;
      if (row.is === "day") return null;
    }
    return null;
  });
  return (
    <Show when={isOpened() ? day() : null}>
      {(at) => (
        <div class={styles["above"]}>
          <DayName at={at()} tabIndex={0} />
        </div>
      )}
    </Show>
  );
}

function NewestButton(props: { unread: number; onPress: () => void }): JSX.Element {
  const news = (): string => (props.unread > 0 ? t.timeline.newMessages(props.unread) : "");
  return (
    <button
      type="button"
      class={styles["newest"]}
      classList={{ [styles["counted"] ?? ""]: props.unread > 0 }}
      onClick={() => props.onPress()}
      aria-label={news() ? `${news()}: ${t.timeline.toNewest}` : t.timeline.toNewest}
      title={t.timeline.toNewest}
    >
      {news()}
      <Icon name="newest" />
    </button>
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
      return <Message rowKey={row.key} event={row.event} head={row.head} changes={row.changes} />;
    case "gone":
      return <Gone rowKey={row.key} events={row.events} />;
    case "line":
      return <Line rowKey={row.key} event={row.event} />;
    case "fold":
      return <Fold rowKey={row.key} events={row.events} />;
    case "pending":
      return <PendingMessage rowKey={row.key} pending={row.pending} head={row.head} name={props.myName} />;
  }
}
