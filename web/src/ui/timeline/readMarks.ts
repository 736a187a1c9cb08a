/** Marks as read what was really before someone's eyes: in a page that is visible and has the focus, for a moment. */
import type { Seq } from "../../sync/types";

const MOMENT = 300;

export interface ReadMarks {
  /** Something else may be seen now. */
  look(): void;
  /** Whether someone is there to look. */
  isLooking(): boolean;
  stop(): void;
}

/** `seen` tells the newest seq that can be seen now; `mark` is told what has been seen. */
export function createReadMarks(seen: () => Seq | null, mark: (seq: Seq) => void): ReadMarks {
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
    look,
    isLooking,
    stop() {
      clearTimeout(timer);
      window.removeEventListener("focus", look);
      document.removeEventListener("visibilitychange", look);
    },
  };
}
