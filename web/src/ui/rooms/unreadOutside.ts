/** Whether there are unread rooms above and below the visible part of the list. */
import { createSignal, onCleanup, onMount } from "solid-js";

type Side = "above" | "below";

/** `list` is the element that scrolls; unread rows in it have the attribute `data-unread`. */
export function createUnreadOutside(list: () => HTMLElement) {
  const [above, setAbove] = createSignal(false);
  const [below, setBelow] = createSignal(false);
  const outside = (side: Side): HTMLElement | undefined => {
    const unread = [...list().querySelectorAll<HTMLElement>("[data-unread]")];
    // Without unread rooms, measure nothing: that would make the browser lay out the page.
    if (unread.length === 0) return undefined;
    const box = list().getBoundingClientRect();
    // A hidden list, as on a phone while a room is open, has no height.
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
    /** Call when the list was scrolled, or when its rows have moved. */
    measure,
    /** Scroll to the nearest unread room on that side. */
    reveal: (side: Side): void => outside(side)?.scrollIntoView({ block: "center", behavior: "smooth" }),
  };
}
