/** The pages of settings: a list of them at the side (above, on a phone), and the chosen one. */
import { createUniqueId, For, type JSX } from "solid-js";
import styles from "./Tabs.module.css";

export interface Tab {
  id: string;
  label: string;
  page: () => JSX.Element;
}

export function Tabs(props: {
  label: string;
  tabs: readonly Tab[];
  chosen: string;
  onPick: (id: string) => void;
}): JSX.Element {
  const base = createUniqueId();
  const chosen = (): Tab | undefined => props.tabs.find((tab) => tab.id === props.chosen) ?? props.tabs[0];
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
        <For each={props.tabs}>
          {(tab) => (
            <button
              type="button"
              role="tab"
              id={`${base}-${tab.id}`}
              aria-selected={tab.id === chosen()?.id}
              aria-controls={`${base}-page`}
              tabindex={tab.id === chosen()?.id ? 0 : -1}
              data-autofocus={tab.id === chosen()?.id ? "" : undefined}
              class={styles.tab}
              data-label={tab.label}
              onClick={() => props.onPick(tab.id)}
            >
              {tab.label}
            </button>
          )}
        </For>
      </div>
      <div
        role="tabpanel"
        id={`${base}-page`}
        aria-labelledby={`${base}-${chosen()?.id ?? ""}`}
        tabindex={0}
        class={styles.page}
      >
        {chosen()?.page()}
      </div>
    </div>
  );
}
