/** Where the field would be: why one can't write here, and what can be done about it. */
import { type JSX, onMount, Show } from "solid-js";
import { t } from "../../text";
import { Icon, type IconName } from "../parts";
import styles from "./Composer.module.css";

export function Closed(props: {
  icon: IconName;
  text: string;
  /** There is a draft: it stays. */
  draft: boolean;
  /** It takes the focus, as the field had it that was here before. */
  takesFocus: boolean;
  /** What can be done. */
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
