/** Unread rooms that are scrolled out of sight, above and below what is visible of the list. */
import { createSignal, onCleanup, onMount } from "solid-js";

type Side = "above" | "below";

/** `list` is the element that scrolls; unread rows in it have the attribute `data-unread`. */
export function createUnreadOutside(list: () => HTMLElement) {
  const [above, setAbove] = createSignal(false);
  const [below, setBelow] = createSignal(false);
  const outside = (side: Side): HTMLElement | undefined => {
    const unread = [...list().querySelectorAll<HTMLElement>("[data-unread]")];
    // Without unread rooms nothing is measured: that would make the browser lay the page out.
    if (unread.length === 0) return undefined;
    const box = list().getBoundingClientRect();
    // On a phone the list is hidden while a room is open.
    if (box.height === 0) return undefined;
    return side === "above"
      ? unread.findLast((row) => row.getBoundingClientRect().bottom <= box.top + 4)
      : unread.find((row) => row.getBoundingClientRect().top >= box.bottom - 4);
  };
  const measure = (): void => {
    setAbove(outside("above") !== undefined);
    setBelow(outside("below") !== undefined);
  };
  onMount(() => {
    if (typeof ResizeObserver === "undefined") return;
    const sized = new ResizeObserver(measure);
    sized.observe(list());
    onCleanup(() => sized.disconnect());
  });
  return {
    above,
    below,
    /** The list was scrolled, or its content has changed. */
    measure,
    /** Scroll to the nearest unread room on that side. */
    reveal: (side: Side): void => outside(side)?.scrollIntoView({ block: "center", behavior: "smooth" }),
  };
}
