/** The items of a menu. Arrow keys move, a letter jumps to an item, Escape and Tab close. */
import { Index, type JSX, Show } from "solid-js";
import { Icon, type IconName } from "./icons";
import styles from "./Menu.module.css";

export interface MenuItem {
  label: string;
  icon?: IconName;
  /** For an item that is one of several options: whether it is the chosen one. */
  checked?: boolean;
  danger?: boolean;
  /** Whether there is a line above the item. */
  apart?: boolean;
  /** A heading above the item, for it and the items that follow. */
  heading?: string;
  run: () => void;
}

export function MenuList(props: {
  id?: string;
  label: string;
  items: readonly MenuItem[];
  /** `auto`: the browser closes the menu on a click elsewhere, and `onGone` is called. */
  popover: "auto" | "manual";
  /** Place the menu; its size is known by then. */
  place: (list: HTMLElement) => void;
  /** Close the menu, and give the focus back. */
  onClose: () => void;
  onGone?: () => void;
}): JSX.Element {
  let list!: HTMLDivElement;
  const items = (): HTMLElement[] => [...list.querySelectorAll<HTMLElement>("[role^=menuitem]")];
  const show = (element: HTMLDivElement): void => {
    list = element;
    queueMicrotask(() => {
      if (!element.isConnected) return;
      element.showPopover();
      props.place(element);
      const entries = items();
      const isChoice = entries[0]?.hasAttribute("aria-checked") === true;
      const chosen = entries.find((entry) => entry.getAttribute("aria-checked") === "true");
      ((isChoice ? chosen : undefined) ?? entries[0])?.focus();
    });
  };
  const moved = (event: KeyboardEvent): void => {
    const entries = items();
    const at = entries.indexOf(document.activeElement as HTMLElement);
    const to = { ArrowDown: at + 1, ArrowUp: at - 1, Home: 0, End: -1 }[event.key];
    if (to !== undefined) {
      event.preventDefault();
      entries.at(to % entries.length)?.focus();
    } else if (event.key === "Escape" || event.key === "Tab") {
      event.preventDefault();
      event.stopPropagation();
      props.onClose();
    } else if (event.key.length === 1 && !event.ctrlKey && !event.metaKey) {
      const letter = event.key.toLowerCase();
      const turn = [...entries.slice(at + 1), ...entries.slice(0, at + 1)];
      turn.find((entry) => entry.textContent?.trim().toLowerCase().startsWith(letter))?.focus();
    }
  };
  return (
    <div
      id={props.id}
      ref={show}
      popover={props.popover}
      role="menu"
      aria-label={props.label}
      class={styles.menu}
      onKeyDown={moved}
      onToggle={(event) => {
        if ((event as ToggleEvent).newState === "closed") props.onGone?.();
      }}
    >
      {/* `Index` keeps the elements, and so the focus, when items change while the menu is open. */}
      <Index each={props.items}>
        {(item) => (
          <>
            <Show when={item().heading}>
              <p role="presentation" class={`${styles.heading} ${styles.apart}`}>
                {item().heading}
              </p>
            </Show>
            <button
              type="button"
              role={item().checked === undefined ? "menuitem" : "menuitemradio"}
              {...(item().checked === undefined ? {} : { "aria-checked": item().checked })}
              tabindex={-1}
              class={`${styles.item} ${item().danger ? styles.danger : ""} ${item().apart ? styles.apart : ""}`}
              onClick={() => {
                const { run } = item();
                props.onClose();
                run();
              }}
            >
              <span class={styles.mark}>
                <Show
                  when={item().checked === undefined}
                  fallback={
                    <Show when={item().checked}>
                      <Icon name="check" />
                    </Show>
                  }
                >
                  <Show when={item().icon}>{(icon) => <Icon name={icon()} />}</Show>
                </Show>
              </span>
              {item().label}
            </button>
          </>
        )}
      </Index>
    </div>
  );
}
