/**
 * Which room somebody is looking at, in whichever tab: what arrives is told of by one tab, and that need not be the one in
 * front. The tab in front says so again and again, so that one that has crashed is soon forgotten.
 */

import { readStored, writeStored } from "../../platform/storage";
import type { RoomId } from "../../sync/types";

const KEPT = "parley.front";
/** Milliseconds between two words of the tab in front, and after which it is not believed any more. */
const SAY = 4_000;
const BELIEVE = 9_000;

const isFront = (): boolean => document.visibilityState === "visible" && document.hasFocus();

/** What is in front: a tab of this page, and the room in it; null if none is. */
export function front(now = Date.now()): { room: RoomId } | null {
  const [at, room] = (readStored(KEPT) ?? "").split(" ").map(Number);
  return at !== undefined && at > now - BELIEVE && at <= now ? { room: room ?? 0 } : null;
}

/** Keep it said while this tab is in front. Returns what ends it. */
export function startFront(room: () => RoomId | null): () => void {
  let mine = false;
  const say = (): void => {
    if (isFront()) {
      mine = true;
      writeStored(KEPT, `${Date.now()} ${room() ?? 0}`);
    } else if (mine) {
      mine = false;
      writeStored(KEPT, null);
    }
  };
  const timer = setInterval(say, SAY);
  const events = ["focus", "blur", "pagehide", "popstate", "click", "keyup"] as const;
  for (const name of events) window.addEventListener(name, say);
  document.addEventListener("visibilitychange", say);
  say();
  return () => {
    clearInterval(timer);
    for (const name of events) window.removeEventListener(name, say);
    document.removeEventListener("visibilitychange", say);
    if (mine) writeStored(KEPT, null);
  };
}
