/**
 * The room as it is printed: its title and all loaded messages, without the lists beside them. It is created when the page is
 * printed, because the timeline has only elements for the rows near the visible ones.
 */
import { createMemo, For, type JSX, onCleanup, onMount, Show } from "solid-js";
import { Portal } from "solid-js/web";
import { parse } from "../../markdown";
import { InlineText, Text } from "../../markdown/Text";
import { isPrinting } from "../../platform/printing";
import type { Pending, RoomEvent, UserId } from "../../sync/types";
import { sentence, t } from "../../text";
import { formatDate } from "../../text/dates";
import { panels } from "../../text/panels";
import { useTimeline } from "./context";
import styles from "./PrintedRoom.module.css";
import type { Row } from "./rows";
import { lineOf } from "./sentences";
import { timeOf } from "./times";

export function PrintedRoom(): JSX.Element {
  return (
    <Show when={isPrinting()}>
      <Portal
        ref={(page) => {
          page.className = styles["page"] ?? "";
        }}
      >
        <Paper />
      </Portal>
    </Show>
  );
}

function Paper(): JSX.Element {
  const context = useTimeline();
  // The print style sheet hides the rest of the page if the body has this attribute.
  onMount(() => document.body.setAttribute("data-printed", "room"));
  onCleanup(() => document.body.removeAttribute("data-printed"));
  const title = (): string => (context.isDirect() ? context.roomName() : `#${context.roomName()}`);
  return (
    <>
      <h1 dir="auto">{title()}</h1>
      <Show when={context.about()?.topic}>
        {(topic) => (
          <p class={styles["topic"]} dir="auto">
            {topic()}
          </p>
        )}
      </Show>
      <For each={context.rows()}>{(row) => <PrintedRow row={row} />}</For>
      <p class={styles["note"]}>{panels.message.printed(formatDate("full", Date.now()))}</p>
    </>
  );
}

function PrintedRow(props: { row: Row }): JSX.Element {
  const { row } = props;
  switch (row.is) {
    case "start":
    case "new":
      return null;
    case "edge":
      return (
        <p class={styles["note"]}>{row.side === "older" ? panels.message.printOlder : panels.message.printNewer}</p>
      );
    case "day":
      // Print the date, not "Today", as paper is read on other days.
      return <h2>{formatDate("dayOfYear", row.at)}</h2>;
    case "message":
      return (
        <PrintedMessage
          user={row.event.user}
          name={row.event.name}
          said={row.event}
          event={row.event}
          head={row.head}
        />
      );
    case "pending":
      return <PrintedPending pending={row.pending} head={row.head} />;
    case "line":
      return <PrintedLine event={row.event} />;
    case "gone":
      return <p class={styles["note"]}>{t.timeline.deletedMany(row.events.length)}</p>;
    case "fold":
      return <For each={row.events}>{(event) => <PrintedLine event={event} />}</For>;
  }
}

function PrintedLine(props: { event: RoomEvent }): JSX.Element {
  return (
    <div class={`${styles["row"]} ${styles["line"]}`}>
      <time>{timeOf(props.event.at)}</time>
      <p>
        <bdi>{lineOf(props.event)}</bdi>
      </p>
    </div>
  );
}

/** A printed message. `event` is null for a message that is not stored on the server yet. */
function PrintedMessage(props: {
  user: UserId;
  name: string;
  said: { kind: string; text: string; at: number };
  event: RoomEvent | null;
  head: boolean;
  note?: string;
}): JSX.Element {
  const context = useTimeline();
  const { known, meanings } = context.namesIn(props.event);
  const tree = createMemo(() => parse(props.said.text, known()));
  const display = (): string => context.member(props.user)?.display || props.name;
  const isAction = (): boolean => props.said.kind === "action";
  const author = (
    <strong>
      <bdi>{display()}</bdi>
      <Show when={display() !== props.name}>
        {" "}
        <bdi class={styles["handle"]}>({props.name})</bdi>
      </Show>
    </strong>
  );
  return (
    <article class={styles["row"]} classList={{ [styles["head"] ?? ""]: props.head }}>
      <time>{timeOf(props.said.at)}</time>
      <div>
        <Show
          when={!isAction()}
          fallback={
            <p dir="auto">
              {author} <InlineText tree={tree()} meanings={meanings} />
            </p>
          }
        >
          <Show when={props.head}>
            <p class={styles["author"]}>{author}</p>
          </Show>
          <Text tree={tree()} meanings={meanings} />
        </Show>
        <Show when={props.note}>
          <p class={styles["note"]}>{props.note}</p>
        </Show>
      </div>
    </article>
  );
}

function PrintedPending(props: { pending: Pending; head: boolean }): JSX.Element {
  const context = useTimeline();
  const note = (): string => {
    const { state, problem } = props.pending;
    if (state !== "refused") return t.timeline.queued;
    return `${t.timeline.notSent} ${problem ? sentence(problem) : ""}`;
  };
  return (
    <PrintedMessage
      user={context.me()?.id ?? -1}
      name={context.me()?.name ?? ""}
      said={props.pending}
      event={null}
      head={props.head}
      note={note()}
    />
  );
}
