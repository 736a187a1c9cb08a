/** A list of tabs at the side (on a phone, above), and the page of the chosen tab. */
import { createEffect, createMemo, createUniqueId, For, type JSX, on, Show, untrack } from "solid-js";
import styles from "./Tabs.module.css";

export interface Tab {
  id: string;
  label: string;
  /** Creates the tab's page, when the tab is chosen. Signals that are read during the call do not cause it to be called again. */
  page: () => JSX.Element;
}

export function Tabs(props: {
  label: string;
  tabs: readonly Tab[];
  chosen: string;
  onPick: (id: string) => void;
}): JSX.Element {
  const base = createUniqueId();
  // Find tabs by id: if `tabs` becomes a new list with the same ids, the page is not created anew, and unsaved input stays.
  const tabOf = (id: string): Tab | undefined => props.tabs.find((tab) => tab.id === id);
  const chosen = createMemo(() => (tabOf(props.chosen) ?? props.tabs[0])?.id ?? "");
  // On a phone, the list scrolls sideways: scroll to the chosen tab.
  createEffect(
    on(chosen, (id) => {
      document.getElementById(`${base}-${id}`)?.scrollIntoView({ block: "nearest", inline: "nearest" });
    }),
  );
  const moved = (event: KeyboardEvent & { currentTarget: HTMLElement }): void => {
    const buttons = [...event.currentTarget.querySelectorAll<HTMLElement>("[role=tab]")];
    const at = buttons.indexOf(document.activeElement as HTMLElement);
    const to = { ArrowDown: at + 1, ArrowRight: at + 1, ArrowUp: at - 1, ArrowLeft: at - 1, Home: 0, End: -1 }[
      event.key
    ];
    if (to === undefined) return;
    event.preventDefault();
    const next = buttons.at(to % buttons.length);
    next?.focus();
    next?.click();
  };
  return (
    <div class={styles.tabs}>
      <div role="tablist" aria-label={props.label} aria-orientation="vertical" class={styles.list} onKeyDown={moved}>
        <For each={props.tabs.map((tab) => tab.id)}>
          {(id) => (
            <button
              type="button"
              role="tab"
              id={`${base}-${id}`}
              aria-selected={id === chosen()}
              aria-controls={`${base}-page`}
              tabindex={id === chosen() ? 0 : -1}
              data-autofocus={id === chosen() ? "" : undefined}
              class={styles.tab}
              data-label={tabOf(id)?.label}
              onClick={() => props.onPick(id)}
            >
              {tabOf(id)?.label}
            </button>
          )}
        </For>
      </div>
      <div role="tabpanel" id={`${base}-page`} aria-labelledby={`${base}-${chosen()}`} tabindex={0} class={styles.page}>
        <Show when={chosen()} keyed>
          {(id) => untrack(() => tabOf(id)?.page())}
        </Show>
      </div>
    </div>
  );
}
