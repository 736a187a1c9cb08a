/** The rows of a timeline that are not messages: other events, days, the beginning of the log, and a page that is being loaded. */
import { createSignal, For, type JSX, Show } from "solid-js";
import { timeZone } from "../../platform/timeZone";
import { engine, useConnection } from "../../state";
import type { RoomEvent } from "../../sync/types";
import { sentence, t } from "../../text";
import { Icon } from "../parts";
import { useTimeline } from "./context";
import styles from "./EventLines.module.css";
import { Gutter } from "./Message";
import { countOf, eventsOf, foldOf, lineOf } from "./sentences";
import { dayOf } from "./times";

export function Line(props: { rowKey: string; event: RoomEvent }): JSX.Element {
  return (
    <div class={styles["line"]} tabIndex={-1} data-row={props.rowKey}>
      <Gutter at={props.event.at} quiet={true} />
      {/* With `bdi`, a sentence that begins with right-to-left text still starts at the side where the page's lines start. */}
      <p class={styles["words"]}>
        <bdi>{lineOf(props.event)}</bdi>
      </p>
    </div>
  );
}

export function Fold(props: { rowKey: string; events: readonly RoomEvent[] }): JSX.Element {
  const { unfolded } = useTimeline();
  const [isOpen, setOpen] = createSignal(props.events.some((event) => unfolded.has(event.seq)));
  const toggle = (): void => {
    setOpen(!isOpen());
    for (const { seq } of props.events)
      if (isOpen()) unfolded.add(seq);
      else unfolded.delete(seq);
  };
  return (
    <div class={styles["line"]} tabIndex={-1} data-row={props.rowKey}>
      <Gutter at={props.events.at(-1)?.at ?? 0} quiet={true} />
      <div class={styles["words"]}>
        <button type="button" class={styles["fold"]} aria-expanded={isOpen()} onClick={toggle}>
          <bdi>{foldOf(props.events)}</bdi>
          <span class={styles["chevron"]}>
            <Icon name="chevron" />
          </span>
        </button>
        <Show when={isOpen()}>
          <ul class={styles["folded"]}>
            <Show when={countOf(props.events) - eventsOf(props.events).length}>
              {(others) => <li>{t.timeline.earlierOnes(others())}</li>}
            </Show>
            <For each={eventsOf(props.events)}>
              {(event) => (
                <li>
                  <bdi>{lineOf(event)}</bdi>
                </li>
              )}
            </For>
          </ul>
        </Show>
      </div>
    </div>
  );
}

/** The name of a day. Pressing it opens a calendar to go to another day. */
export function DayName(props: { at: number; tabIndex: 0 | -1 }): JSX.Element {
  const context = useTimeline();
  let input!: HTMLInputElement;
  const pick = (): void => {
    try {
      input.showPicker();
    } catch {
      input.focus();
    }
  };
  const go = (): void => {
    const [year, month, day] = input.value.split("-").map(Number);
    if (year !== undefined && month !== undefined && day !== undefined) context.toDay(new Date(year, month - 1, day));
  };
  return (
    <div class={styles["pick"]}>
      <button
        type="button"
        tabIndex={props.tabIndex}
        class={styles["dayName"]}
        title={t.timeline.goToDate}
        onClick={pick}
      >
        {dayOf(props.at, context.now())}
      </button>
      <input
        ref={input}
        type="date"
        class={styles["date"]}
        tabIndex={-1}
        aria-label={t.timeline.goToDate}
        value={local(props.at)}
        max={local(context.now())}
        onChange={go}
      />
    </div>
  );
}

/** The local date of a time, in the form of a date field's value (`2026-03-04`). */
function local(at: number): string {
  timeZone();
  const date = new Date(at);
  const two = (n: number): string => String(n).padStart(2, "0");
  return `${date.getFullYear()}-${two(date.getMonth() + 1)}-${two(date.getDate())}`;
}

export function Day(props: { at: number }): JSX.Element {
  return (
    <div class={styles["day"]}>
      <DayName at={props.at} tabIndex={-1} />
    </div>
  );
}

export function NewDivider(): JSX.Element {
  return (
    <div class={styles["new"]} role="separator" aria-label={t.timeline.newDivider}>
      <span aria-hidden="true">{t.timeline.newDivider}</span>
    </div>
  );
}

export function Start(props: { empty: boolean }): JSX.Element {
  const context = useTimeline();
  // The log of a private room begins with its creation, `private`, and the joining of who made it. So a user who sees events from
  // seq 3 or earlier on sees the room from its start.
  const isFromStart = (): boolean => (context.about()?.floor ?? 1) <= 3;
  return (
    <div class={styles["start"]}>
      <h2>
        <bdi>
          {context.isDirect()
            ? t.timeline.beginningDirect(context.roomName())
            : t.timeline.beginning(context.roomName())}
        </bdi>
      </h2>
      <Show when={!isFromStart()}>
        <p>{t.timeline.floor}</p>
      </Show>
      <Show when={props.empty && isFromStart()}>
        <p>{t.timeline.beginningEmpty}</p>
      </Show>
    </div>
  );
}

/** Shown instead of a page of messages that is being loaded, or that could not be loaded. */
export function Edge(props: { side: "older" | "newer" }): JSX.Element {
  const { room, log } = useTimeline();
  const connection = useConnection();
  return (
    <div class={styles["edge"]}>
      <Show
        when={log().problem}
        fallback={
          <Show when={connection().state === "online"} fallback={t.timeline.offlineEmpty}>
            <span class={styles["wait"]}>{t.timeline.loadingMore}</span>
          </Show>
        }
      >
        {(problem) => (
          <>
            <span>{sentence(problem())}</span>
            <button
              type="button"
              onClick={() => void (props.side === "older" ? engine.older(room) : engine.newer(room))}
            >
              {t.timeline.tryAgain}
            </button>
          </>
        )}
      </Show>
    </div>
  );
}
