/** Shown instead of the message form when the user can not write in the room: the reason, and what they can do. */
import { type JSX, onMount, Show } from "solid-js";
import { t } from "../../text";
import { Icon, type IconName } from "../parts";
import styles from "./Composer.module.css";

export function Closed(props: {
  icon: IconName;
  text: string;
  /** Whether the room has a draft: then the user is told that it is kept. */
  draft: boolean;
  /** Whether to take the focus: true if the message form, which this replaces, had it. */
  takesFocus: boolean;
  /** Buttons. */
  children?: JSX.Element;
}): JSX.Element {
  let place!: HTMLDivElement;
  onMount(() => {
    if (props.takesFocus && (document.activeElement === document.body || document.activeElement === null))
      place.focus();
  });
  return (
    <div ref={place} class={styles["closed"]} role="status" tabindex={-1}>
      <Icon name={props.icon} />
      <div class={styles["words"]}>
        <p dir="auto">{props.text}</p>
        <Show when={props.draft}>
          <p>{t.timeline.draftKept}</p>
        </Show>
      </div>
      {props.children}
    </div>
  );
}
