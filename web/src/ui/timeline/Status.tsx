/** The delivery state of a stored message of the user's, as ticks. */
import { createMemo, type JSX, Show } from "solid-js";
import { engine, useMarks } from "../../state";
import type { Seq, Status } from "../../sync/types";
import { t } from "../../text";
import { Icon } from "../parts";
import { useMessages } from "./context";
import styles from "./Message.module.css";

/** A delivery state as text. */
export function wordsOf(status: Status | null): string {
  if (status === null || status.got === 0) return t.timeline.stored;
  return status.read > 0
    ? t.timeline.readBy(status.read, status.got, status.of)
    : t.timeline.delivered(status.got, status.of);
}

export function OwnStatus(props: { seq: Seq }): JSX.Element {
  const context = useMessages();
  const marks = useMarks(() => context.room);
  const status = createMemo(
    () => {
      marks();
      return engine.status(context.room, props.seq);
    },
    null,
    {
      equals: (a, b) => a === b || (a !== null && b !== null && a.got === b.got && a.read === b.read && a.of === b.of),
    },
  );
  const words = (): string => wordsOf(status());
  const tick = (read: boolean, delivered: boolean): string =>
    (read ? styles["read"] : delivered ? styles["got"] : styles["coming"]) ?? "";
  return (
    <button
      type="button"
      tabIndex={-1}
      class={styles["glyph"]}
      data-status
      aria-label={words()}
      title={words()}
      onClick={(event) => context.showReaders(props.seq, event.currentTarget)}
    >
      <Show when={(status()?.got ?? 0) > 0 && status()} fallback={<Icon name="stored" />}>
        {(known) => (
          <Delivered
            some={tick(known().read > 0, true)}
            all={tick(known().read === known().of, known().got === known().of)}
          />
        )}
      </Show>
    </button>
  );
}

/** Two ticks: the first stands for at least one member, the second for all. `some` and `all` are their CSS classes. */
function Delivered(props: { some: string; all: string }): JSX.Element {
  return (
    <svg
      viewBox="0 0 16 16"
      width="16"
      height="16"
      aria-hidden="true"
      fill="none"
      stroke="currentColor"
      stroke-width="1.4"
      stroke-linecap="round"
      stroke-linejoin="round"
    >
      <path class={props.some} d="M1.5 8.7l2.8 2.8l5.7-6.3" />
      <path class={props.all} d="M7.6 11.2l.5.5l6-6.5" />
    </svg>
  );
}
