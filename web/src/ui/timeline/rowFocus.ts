/** The active row, which arrow keys move, and the row under the pointer. */
import { type Accessor, createSelector, createSignal } from "solid-js";
import type { Row } from "./rows";
import type { ListHandle, VisibleRows } from "./virtualList";

interface Options {
  rows: Accessor<readonly Row[]>;
  seen: Accessor<VisibleRows | null>;
  list: () => ListHandle;
  view: () => HTMLElement;
  toNewest: () => void;
}

const rowOf = (target: EventTarget | null): string | null =>
  (target as HTMLElement | null)?.closest<HTMLElement>("[data-row]")?.dataset["row"] ?? null;

export function createRowFocus(options: Options) {
  const [hovered, setHovered] = createSignal<string | null>(null);
  const [active, setActive] = createSignal<string | null>(null);
  const [hasFocus, setHasFocus] = createSignal(false);

  const reach = (key: string): void => {
    options.list().reveal(key);
    setActive(key);
    // While the user moves by keyboard, the row under the pointer must not look selected as well.
    setHovered(null);
    queueMicrotask(() => {
      const element = options.list().element(key)?.querySelector<HTMLElement>("[data-row]");
      element?.focus({ preventScroll: true });
    });
  };

  const keyDown = (event: KeyboardEvent): void => {
    if (event.altKey || event.ctrlKey || event.metaKey) return;
    const target = event.target as HTMLElement;
    const isRow = target === options.view() || target.dataset["row"] !== undefined;
    if (!isRow && event.key !== "ArrowUp" && event.key !== "ArrowDown") return;
    if (target.closest("input, pre, [data-actions]") !== null) return;
    const stops = options.rows().filter((row) => STOPS.has(row.is));
    const at = stops.findIndex((row) => row.key === active());
    const step = (to: number): void => {
      const row = stops[Math.max(0, Math.min(stops.length - 1, to))];
      if (row !== undefined) reach(row.key);
    };
    switch (event.key) {
      case "ArrowUp": {
        // Without an active row, begin at the last visible message.
        const last = options.seen()?.whole ?? options.seen()?.last;
        step(at >= 0 ? at - 1 : stops.findIndex((row) => row.key === last));
        break;
      }
      case "ArrowDown":
        step(at >= 0 ? at + 1 : stops.length - 1);
        break;
      case "Home":
        step(0);
        break;
      case "End":
        options.toNewest();
        step(stops.length - 1);
        break;
      case "Enter": {
        const row = target.closest("[data-row]");
        const first = row?.querySelector<HTMLElement>("[data-actions] button, [data-choice], button[aria-expanded]");
        if (first === null || first === undefined) return;
        first.focus();
        break;
      }
      default:
        return;
    }
    event.preventDefault();
  };

  return {
    isHot: createSelector(() => hovered() ?? (hasFocus() ? active() : null)),
    setActive,
    keyDown,
    focusIn(event: FocusEvent): void {
      setHasFocus(true);
      const key = rowOf(event.target);
      if (key !== null) setActive(key);
    },
    focusOut(event: FocusEvent): void {
      if (!(event.relatedTarget instanceof Node && options.view().contains(event.relatedTarget))) setHasFocus(false);
    },
    pointerOver(event: PointerEvent): void {
      if (event.pointerType !== "touch") setHovered(rowOf(event.target));
    },
    pointerLeave(event: PointerEvent): void {
      if (event.pointerType !== "touch") setHovered(null);
    },
  };
}

const STOPS: ReadonlySet<Row["is"]> = new Set(["message", "gone", "pending", "line", "fold"]);
