/** A menu at a button: arrows move, Escape and a click elsewhere close, focus returns to the button. */
import { createSignal, createUniqueId, For, type JSX, Show } from "solid-js";
import { Icon, type IconName } from "./icons";
import styles from "./Menu.module.css";

export interface MenuItem {
  label: string;
  icon?: IconName;
  /** Of one of several that exclude one another: whether it is the one. */
  checked?: boolean;
  danger?: boolean;
  /** A line above it. */
  apart?: boolean;
  run: () => void;
}

/** What the button is given: spread it on. */
export interface MenuButton {
  "aria-haspopup": "menu";
  "aria-expanded": boolean;
  "aria-controls": string;
  ref: (element: HTMLButtonElement) => void;
  onClick: () => void;
}

export function Menu(props: {
  label: string;
  items: readonly MenuItem[];
  button: (given: MenuButton) => JSX.Element;
}): JSX.Element {
  const id = createUniqueId();
  const [open, setOpen] = createSignal(false);
  let anchor: HTMLButtonElement | undefined;
  let list: HTMLDivElement | undefined;

  const place = (element: HTMLDivElement): void => {
    if (!anchor) return;
    const box = anchor.getBoundingClientRect();
    const { offsetWidth: width, offsetHeight: height } = element;
    const room = 8;
    const left = Math.max(room, Math.min(box.right - width, innerWidth - width - room));
    const below = box.bottom + 4;
    const top = below + height + room > innerHeight ? Math.max(room, box.top - height - 4) : below;
    element.style.left = `${Math.max(left, Math.min(box.left, innerWidth - width - room))}px`;
    if (box.left + width + room > innerWidth) element.style.left = `${left}px`;
    element.style.top = `${top}px`;
  };
  const show = (element: HTMLDivElement): void => {
    list = element;
    queueMicrotask(() => {
      if (!element.isConnected) return;
      element.showPopover();
      place(element);
      const entries = items();
      (entries.find((entry) => entry.getAttribute("aria-checked") === "true") ?? entries[0])?.focus();
    });
  };
  const items = (): HTMLElement[] => [...(list?.querySelectorAll<HTMLElement>("[role^=menuitem]") ?? [])];
  const close = (): void => {
    setOpen(false);
    anchor?.focus();
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
      close();
    } else if (event.key.length === 1 && !event.ctrlKey && !event.metaKey) {
      const letter = event.key.toLowerCase();
      const turn = [...entries.slice(at + 1), ...entries.slice(0, at + 1)];
      turn.find((entry) => entry.textContent?.trim().toLowerCase().startsWith(letter))?.focus();
    }
  };

  return (
    // What offers nothing is not there.
    <Show when={props.items.length > 0}>
      {props.button({
        "aria-haspopup": "menu",
        get "aria-expanded"() {
          return open();
        },
        "aria-controls": id,
        ref: (element) => {
          anchor = element;
        },
        onClick: () => setOpen(!open()),
      })}
      <Show when={open()}>
        <div
          id={id}
          ref={show}
          popover="auto"
          role="menu"
          aria-label={props.label}
          class={styles.menu}
          onKeyDown={moved}
          onToggle={(event) => {
            if ((event as ToggleEvent).newState === "closed") setOpen(false);
          }}
        >
          <For each={props.items}>
            {(item) => (
              <button
                type="button"
                role={item.checked === undefined ? "menuitem" : "menuitemradio"}
                {...(item.checked === undefined ? {} : { "aria-checked": item.checked })}
                tabindex={-1}
                class={`${styles.item} ${item.danger ? styles.danger : ""} ${item.apart ? styles.apart : ""}`}
                onClick={() => {
                  close();
                  item.run();
                }}
              >
                <span class={styles.mark}>
                  <Show
                    when={item.checked === undefined}
                    fallback={
                      <Show when={item.checked}>
                        <Icon name="check" />
                      </Show>
                    }
                  >
                    <Show when={item.icon}>{(icon) => <Icon name={icon()} />}</Show>
                  </Show>
                </span>
                {item.label}
              </button>
            )}
          </For>
        </div>
      </Show>
    </Show>
  );
}
