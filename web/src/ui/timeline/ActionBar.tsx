/** A toolbar at a message with its most used actions, shown on hover and focus. */
import type { JSX } from "solid-js";
import type { RoomEvent } from "../../sync/types";
import { t } from "../../text";
import { Icon } from "../parts";
import styles from "./ActionBar.module.css";
import { useMessages } from "./context";
import { actionsOf } from "./messageActions";

export function Actions(props: { event: RoomEvent }): JSX.Element {
  const actions = actionsOf(props.event, useMessages()).filter((action) => action.quick);
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
  // If there is no space above the message, put the toolbar below its upper edge.
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
      {actions.map((action, at) => (
        <button
          type="button"
          class={styles["action"]}
          tabIndex={at === 0 ? 0 : -1}
          aria-label={action.label}
          title={action.label}
          onClick={({ currentTarget }) => action.run(currentTarget.closest<HTMLElement>("[data-row]") ?? currentTarget)}
        >
          <Icon name={action.icon} />
        </button>
      ))}
    </div>
  );
}
