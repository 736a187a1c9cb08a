/** A button that opens a menu. A click elsewhere closes it, and the focus returns to the button. */
import { createSignal, createUniqueId, type JSX, Show } from "solid-js";
import { type MenuItem, MenuList } from "./MenuList";

/** Properties to spread on the button. */
export interface MenuButton {
  "aria-haspopup": "menu";
  "aria-expanded": boolean;
  "aria-controls": string;
  ref: (element: HTMLButtonElement) => void;
  onClick: () => void;
}

/** Pixels between a menu and the edges of the window. */
export const EDGE = 8;

export function Menu(props: {
  label: string;
  items: readonly MenuItem[];
  button: (given: MenuButton) => JSX.Element;
}): JSX.Element {
  const id = createUniqueId();
  const [open, setOpen] = createSignal(false);
  let anchor: HTMLButtonElement | undefined;

  const place = (list: HTMLElement): void => {
    if (!anchor) return;
    const box = anchor.getBoundingClientRect();
    const { offsetWidth: width, offsetHeight: height } = list;
    const left = Math.max(EDGE, Math.min(box.right - width, innerWidth - width - EDGE));
    const below = box.bottom + 4;
    const top = below + height + EDGE > innerHeight ? Math.max(EDGE, box.top - height - 4) : below;
    list.style.left = `${Math.max(left, Math.min(box.left, innerWidth - width - EDGE))}px`;
    if (box.left + width + EDGE > innerWidth) list.style.left = `${left}px`;
    list.style.top = `${top}px`;
  };

  return (
    // Without items there is no button.
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
        <MenuList
          id={id}
          label={props.label}
          items={props.items}
          popover="auto"
          place={place}
          onClose={() => {
            setOpen(false);
            anchor?.focus();
          }}
          onGone={() => setOpen(false)}
        />
      </Show>
    </Show>
  );
}
