/** Which row one is at: by keyboard from row to row, or by pointer. */
import { type Accessor, createSelector, createSignal } from "solid-js";
import type { Row } from "./rows";
import type { Handle, Seen } from "./Scroller";

export interface Pointing {
  isHot(key: string): boolean;
  setActive(key: string | null): void;
  keyDown(event: KeyboardEvent): void;
  focusIn(event: FocusEvent): void;
  focusOut(event: FocusEvent): void;
  pointerOver(event: PointerEvent): void;
  pointerLeave(event: PointerEvent): void;
}

interface Place {
  rows: Accessor<readonly Row[]>;
  seen: Accessor<Seen | null>;
  handle: () => Handle;
  view: () => HTMLElement;
  toNewest: () => void;
}

const rowOf = (target: EventTarget | null): string | null =>
  (target as HTMLElement | null)?.closest<HTMLElement>("[data-row]")?.dataset["row"] ?? null;

export function createPointing(place: Place): Pointing {
  const [hovered, setHovered] = createSignal<string | null>(null);
  const [active, setActive] = createSignal<string | null>(null);
  const [hasFocus, setHasFocus] = createSignal(false);

  const reach = (key: string): void => {
    place.handle().reveal(key);
    setActive(key);
    // Whoever goes by keyboard is not where the pointer happens to lie.
    setHovered(null);
    queueMicrotask(() => {
      const element = place.handle().element(key)?.querySelector<HTMLElement>("[data-row]");
      element?.focus({ preventScroll: true });
    });
  };

  const keyDown = (event: KeyboardEvent): void => {
    if (event.altKey || event.ctrlKey || event.metaKey) return;
    const target = event.target as HTMLElement;
    const isRow = target === place.view() || target.dataset["row"] !== undefined;
    if (!isRow && event.key !== "ArrowUp" && event.key !== "ArrowDown") return;
    if (target.closest("input, pre, [data-actions]") !== null) return;
    const stops = place.rows().filter((row) => STOPS.has(row.is));
    const at = stops.findIndex((row) => row.key === active());
    const step = (to: number): void => {
      const row = stops[Math.max(0, Math.min(stops.length - 1, to))];
      if (row !== undefined) reach(row.key);
    };
    switch (event.key) {
      case "ArrowUp": {
        // Who comes into the log begins with the last message that can be seen.
        const last = place.seen()?.whole ?? place.seen()?.last;
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
        place.toNewest();
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
    focusIn(event) {
      setHasFocus(true);
      const key = rowOf(event.target);
      if (key !== null) setActive(key);
    },
    focusOut(event) {
      if (!(event.relatedTarget instanceof Node && place.view().contains(event.relatedTarget))) setHasFocus(false);
    },
    pointerOver(event) {
      if (event.pointerType !== "touch") setHovered(rowOf(event.target));
    },
    pointerLeave(event) {
      if (event.pointerType !== "touch") setHovered(null);
    },
  };
}

const STOPS: ReadonlySet<Row["is"]> = new Set(["message", "pending", "line", "fold"]);
