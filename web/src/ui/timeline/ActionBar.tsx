/** What one does most often with a message, beside it, for those who have a pointer or a keyboard. */
import type { JSX } from "solid-js";
import type { RoomEvent } from "../../sync/types";
import { t } from "../../text";
import { Icon } from "../parts";
import styles from "./ActionBar.module.css";
import { useTimeline } from "./context";
import { deedsOf } from "./messageActions";

export function Actions(props: { event: RoomEvent }): JSX.Element {
  const deeds = deedsOf(props.event, useTimeline()).filter((deed) => deed.quick);
  const move = (event: KeyboardEvent & { currentTarget: HTMLElement }): void => {
    const buttons = [...event.currentTarget.querySelectorAll("button")];
    const at = buttons.indexOf(document.activeElement as HTMLButtonElement);
    if (event.key === "Escape") event.currentTarget.closest<HTMLElement>("[data-row]")?.focus();
    else if (event.key === "ArrowRight" || event.key === "ArrowLeft") {
      const forward = (event.key === "ArrowRight") === (getComputedStyle(event.currentTarget).direction === "ltr");
      buttons[(at + (forward ? 1 : -1) + buttons.length) % buttons.length]?.focus();
    } else return;
    event.preventDefault();
    event.stopPropagation();
  };
  // At the upper edge of the view there is no room above a message.
  const place = (toolbar: HTMLElement): void => {
    queueMicrotask(() => {
      const view = toolbar.closest('[role="log"]')?.getBoundingClientRect();
      if (view !== undefined && toolbar.getBoundingClientRect().top < view.top)
        toolbar.classList.add(styles["under"] ?? "");
    });
  };
  return (
    <div
      ref={place}
      class={styles["actions"]}
      role="toolbar"
      aria-label={t.timeline.actions}
      data-actions
      onKeyDown={move}
    >
      {deeds.map((deed, at) => (
        <button
          type="button"
          class={styles["action"]}
          tabIndex={at === 0 ? 0 : -1}
          aria-label={deed.label}
          title={deed.label}
          onClick={({ currentTarget }) => deed.run(currentTarget.closest<HTMLElement>("[data-row]") ?? currentTarget)}
        >
          <Icon name={deed.icon} />
        </button>
      ))}
    </div>
  );
}
