/** The line that says who is typing. It takes its space also when it is empty, so that nothing moves when somebody begins. */
import { type JSX, Show } from "solid-js";
import { useTyping } from "../../state";
import type { RoomId } from "../../sync/types";
import { t } from "../../text";
import { apart } from "./sentences";
import styles from "./Timeline.module.css";

export function Typing(props: { room: RoomId }): JSX.Element {
  const who = useTyping(() => props.room);
  return (
    <div class={styles["typing"]}>
      <Show when={who().length > 0}>
        <span class={styles["dots"]} aria-hidden="true">
          <i />
          <i />
          <i />
        </span>
        <span class={styles["typists"]}>
          <span class={styles["who"]}>{t.timeline.typists(who().map(apart))}</span>
          <span> {t.timeline.typing(who().length)}</span>
        </span>
      </Show>
    </div>
  );
}
