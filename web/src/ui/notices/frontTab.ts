/**
 * The tab in front, and the room in it. Arriving messages are announced by one tab, which need not be the one in front. The tab
 * in front writes a heartbeat to the browser's storage, so that a crashed tab is soon ignored.
 */

import { readStored, writeStored } from "../../platform/storage";
import type { RoomId } from "../../sync/types";

const KEPT = "parley.front";
/** Milliseconds between two heartbeats, and after which a heartbeat is ignored. */
const SAY = 4_000;
const BELIEVE = 9_000;

const isFront = (): boolean => document.visibilityState === "visible" && document.hasFocus();

/** The room in the tab in front (0 for none); null if no tab is in front. */
export function front(now = Date.now()): { room: RoomId } | null {
  const [at, room] = (readStored(KEPT) ?? "").split(" ").map(Number);
  return at !== undefined && at > now - BELIEVE && at <= now ? { room: room ?? 0 } : null;
}

/** Write heartbeats while this tab is in front. Returns a function that ends this. */
export function trackFrontTab(room: () => RoomId | null): () => void {
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
