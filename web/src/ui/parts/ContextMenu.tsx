/**
 * A context menu for the rows of a list, by right click, the menu key, or a long press. Shift and right click open the browser's
 * own menu.
 */
import { type Accessor, createSignal, type JSX, onCleanup, onMount, Show } from "solid-js";
import { EDGE } from "./Menu";
import { type MenuItem, MenuList } from "./MenuList";

/** What a context menu is about: a row of the list. */
export interface Subject {
  /** The element of the row, which gets the focus when the menu is closed. */
  row: HTMLElement;
  label: string;
  /** Returns the items as an accessor, as they may change while the menu is open. Called once for each opening. */
  items: () => Accessor<readonly MenuItem[]>;
}

interface Point {
  x: number;
  y: number;
}

/** LONG: milliseconds of a long press. TREMBLE: pixels by which the finger may move meanwhile. */
const LONG = 500;
const TREMBLE = 10;

export function ContextMenu(props: {
  within: () => HTMLElement;
  /** The subject of the row that an element belongs to; null if there is no menu for it. */
  find: (element: Element) => Subject | null;
}): JSX.Element {
  const [open, setOpen] = createSignal<{ subject: Subject; point: Point } | null>(null);
  let list: HTMLElement | undefined;
  let press: { timer: ReturnType<typeof setTimeout>; at: Point } | undefined;
  /** Whether a long press has just opened the menu: then the click that follows when the finger is lifted is ignored. */
  let held = false;

  const ask = (element: EventTarget | null, point: Point): boolean => {
    const subject = element instanceof Element ? props.find(element) : null;
    if (!subject) return false;
    if (open()?.subject.row !== subject.row) setOpen({ subject, point });
    return true;
  };
  const lifted = (): void => {
    clearTimeout(press?.timer);
    press = undefined;
  };
  onMount(() => {
    const gone = new AbortController();
    const { signal } = gone;
    const within = props.within();
    const on = <K extends keyof HTMLElementEventMap>(name: K, heard: (event: HTMLElementEventMap[K]) => void): void =>
      within.addEventListener(name, heard, { signal, capture: name === "click" });
    on("contextmenu", (event) => {
      if (event.button === 2 && event.shiftKey) return;
      if (ask(event.target, { x: event.clientX, y: event.clientY })) event.preventDefault();
    });
    on("pointerdown", (event) => {
      held = false;
      lifted();
      if (event.pointerType !== "touch" || !event.isPrimary) return;
      const { target } = event;
      const at = { x: event.clientX, y: event.clientY };
      const timer = setTimeout(() => {
        held = ask(target, at);
      }, LONG);
      press = { timer, at };
    });
    on("pointermove", (event) => {
      if (press && Math.hypot(event.clientX - press.at.x, event.clientY - press.at.y) > TREMBLE) lifted();
    });
    on("pointerup", lifted);
    on("pointercancel", lifted);
    on("click", (event) => {
      if (!held) return;
      held = false;
      event.preventDefault();
      event.stopPropagation();
    });
    // Close the menu on a press elsewhere. An `auto` popover would do that, but some browsers close it when the mouse button that
    // has opened it is released.
    const elsewhere = (event: Event): void => {
      if (event.target instanceof Node && !list?.contains(event.target)) setOpen(null);
    };
    document.addEventListener("pointerdown", elsewhere, { signal, capture: true });
    // On `wheel`, not on `scroll`: arriving messages scroll a list as well.
    document.addEventListener("wheel", elsewhere, { signal, capture: true, passive: true });
    window.addEventListener("resize", () => setOpen(null), { signal });
    onCleanup(() => {
      lifted();
      gone.abort();
    });
  });

  /** The row's element, or the new element of the same row if it was made anew. */
  const rowOf = ({ row }: Subject): HTMLElement =>
    (row.isConnected
      ? null
      : props.within().querySelector<HTMLElement>(`[data-row="${CSS.escape(row.dataset["row"] ?? "")}"]`)) ?? row;

  const place = (element: HTMLElement, row: HTMLElement, point: Point): void => {
    list = element;
    const box = row.getBoundingClientRect();
    const isOn = point.x >= box.left && point.x <= box.right && point.y >= box.top && point.y <= box.bottom;
    // The menu key reports a position outside of the row: place the menu below the row then.
    const { x, y } = isOn ? point : { x: box.left + EDGE, y: box.bottom };
    const { offsetWidth: width, offsetHeight: height } = element;
    element.style.left = `${Math.max(EDGE, Math.min(x, innerWidth - width - EDGE))}px`;
    element.style.top = `${y + height + EDGE > innerHeight ? Math.max(EDGE, y - height) : y}px`;
  };

  return (
    <Show when={open()} keyed>
      {({ subject, point }) => {
        const items = subject.items();
        return (
          <Show when={items().length > 0}>
            <MenuList
              label={subject.label}
              items={items()}
              popover="manual"
              place={(element) => place(element, subject.row, point)}
              onClose={() => {
                setOpen(null);
                rowOf(subject).focus({ preventScroll: true });
              }}
            />
          </Show>
        );
      }}
    </Show>
  );
}
