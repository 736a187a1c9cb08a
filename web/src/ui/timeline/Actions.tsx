/** What one can do with a message, beside it. Editing, reactions and threads have their place here when they come. */
import type { JSX } from "solid-js";
import type { RoomEvent } from "../../sync/types";
import { t } from "../../text";
import { tell } from "../parts";
import styles from "./Actions.module.css";
import { useTimeline } from "./context";
import * as icons from "./icons";

interface Action {
  name: string;
  icon: () => JSX.Element;
  run(anchor: HTMLElement): void;
}

export function Actions(props: { event: RoomEvent; mine: boolean }): JSX.Element {
  const context = useTimeline();
  const copy = (text: string, told: string): void => {
    void navigator.clipboard?.writeText(text).then(() => tell(told));
  };
  // In a conversation of two it is clear who is answered.
  const quote = (): void => context.quote(props.event.text, props.mine || context.direct() ? null : props.event.name);
  const actions: Action[] = [
    { name: t.timeline.quote, icon: icons.QuoteMark, run: quote },
    { name: t.timeline.copyText, icon: icons.CopyText, run: () => copy(props.event.text, t.timeline.copied) },
    {
      name: t.timeline.copyLink,
      icon: icons.CopyLink,
      run: () => copy(new URL(context.link(props.event.seq), location.href).href, t.timeline.linkCopied),
    },
    ...(props.mine
      ? [
          {
            name: t.timeline.readers,
            icon: icons.Info,
            run: (anchor: HTMLElement) => context.showReaders(props.event.seq, anchor),
          },
        ]
      : []),
  ];
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
      {actions.map((action, at) => (
        <button
          type="button"
          class={styles["action"]}
          tabIndex={at === 0 ? 0 : -1}
          aria-label={action.name}
          title={action.name}
          onClick={(event) => action.run(event.currentTarget)}
        >
          <action.icon />
        </button>
      ))}
    </div>
  );
}
