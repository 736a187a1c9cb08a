/** Marks messages as read when they have been visible for MOMENT, while the page is visible and has the focus. */
import type { Seq } from "../../sync/types";

/** Milliseconds for which a message has to be visible. */
const MOMENT = 300;

/** `seen` returns the newest visible seq. `mark` is called with the seq up to which messages are read now. */
export function createReadMarks(seen: () => Seq | null, mark: (seq: Seq) => void) {
  let timer: ReturnType<typeof setTimeout> | undefined;
  const isLooking = (): boolean => document.visibilityState === "visible" && document.hasFocus();
  const look = (): void => {
    if (timer !== undefined || !isLooking()) return;
    timer = setTimeout(() => {
      timer = undefined;
      if (!isLooking()) return;
      const seq = seen();
      if (seq !== null) mark(seq);
    }, MOMENT);
  };
  window.addEventListener("focus", look);
  document.addEventListener("visibilitychange", look);
  return {
    /** Call when the visible rows may have changed. */
    look,
    /** Whether the page is visible and has the focus. */
    isLooking,
    stop() {
      clearTimeout(timer);
      window.removeEventListener("focus", look);
      document.removeEventListener("visibilitychange", look);
    },
  };
}
