/**
 * A menu for whatever in a list is asked about: by the right button, the keyboard's menu key, or a long press. With Shift, the
 * right button brings up the browser's own menu.
 */
import { type Accessor, createSignal, type JSX, onCleanup, onMount, Show } from "solid-js";
import { EDGE } from "./Menu";
import { type MenuItem, MenuList } from "./MenuList";

/** What is asked about. */
export interface Subject {
  /** Its row: the focus returns to it. */
  row: HTMLElement;
  label: string;
  /** Called once, with an owner; what it returns may change while the menu is open. */
  items: () => Accessor<readonly MenuItem[]>;
}

interface Point {
  x: number;
  y: number;
}

/** Milliseconds for which a finger rests on what is asked about, and pixels by which it may tremble. */
const LONG = 500;
const TREMBLE = 10;

export function ContextMenu(props: {
  within: () => HTMLElement;
  /** What an element of the list belongs to; null: nothing that has a menu. */
  find: (element: Element) => Subject | null;
}): JSX.Element {
  const [open, setOpen] = createSignal<{ subject: Subject; point: Point } | null>(null);
  let list: HTMLElement | undefined;
  let press: { timer: ReturnType<typeof setTimeout>; at: Point } | undefined;
  /** The finger that has opened the menu is still to be lifted: that is no click. */
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
    within.addEventListener(
      "contextmenu",
      (event) => {
        if (event.button === 2 && event.shiftKey) return;
        if (ask(event.target, { x: event.clientX, y: event.clientY })) event.preventDefault();
      },
      { signal },
    );
    within.addEventListener(
      "pointerdown",
      (event) => {
        held = false;
        lifted();
        if (event.pointerType !== "touch" || !event.isPrimary) return;
        const { target } = event;
        const at = { x: event.clientX, y: event.clientY };
        const timer = setTimeout(() => {
          held = ask(target, at);
        }, LONG);
        press = { timer, at };
      },
      { signal },
    );
    within.addEventListener(
      "pointermove",
      (event) => {
        if (press && Math.hypot(event.clientX - press.at.x, event.clientY - press.at.y) > TREMBLE) lifted();
      },
      { signal },
    );
    within.addEventListener("pointerup", lifted, { signal });
    within.addEventListener("pointercancel", lifted, { signal });
    within.addEventListener(
      "click",
      (event) => {
        if (!held) return;
        held = false;
        event.preventDefault();
        event.stopPropagation();
      },
      { signal, capture: true },
    );
    // The browser would close a menu by itself when the button that has opened it is let go of.
    const elsewhere = (event: Event): void => {
      if (event.target instanceof Node && !list?.contains(event.target)) setOpen(null);
    };
    document.addEventListener("pointerdown", elsewhere, { signal, capture: true });
    // What comes in moves a list, too: that closes no menu. Who scrolls by other means has pressed elsewhere.
    document.addEventListener("wheel", elsewhere, { signal, capture: true, passive: true });
    window.addEventListener("resize", () => setOpen(null), { signal });
    onCleanup(() => {
      lifted();
      gone.abort();
    });
  });

  /** A row may have been made anew since. */
  const rowOf = ({ row }: Subject): HTMLElement =>
    (row.isConnected
      ? null
      : props.within().querySelector<HTMLElement>(`[data-row="${CSS.escape(row.dataset["row"] ?? "")}"]`)) ?? row;

  const place = (element: HTMLElement, row: HTMLElement, point: Point): void => {
    list = element;
    const box = row.getBoundingClientRect();
    const isOn = point.x >= box.left && point.x <= box.right && point.y >= box.top && point.y <= box.bottom;
    // The menu key has no place of its own.
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
