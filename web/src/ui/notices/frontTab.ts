/**
 * Tells which room the user is looking at, in whichever tab. One tab of the browser notifies the user of messages, and it need not
 * be the tab in front. So the tab in front writes its room to the browser's storage again and again (a heartbeat); an old entry is
 * ignored, as that tab may have crashed.
 */

import { readStored, writeStored } from "../../platform/storage";
import type { RoomId } from "../../sync/types";

const KEPT = "parley.front";
/** SAY: milliseconds between two heartbeats. BELIEVE: milliseconds after which a heartbeat is ignored. */
const SAY = 4_000;
const BELIEVE = 9_000;

const isFront = (): boolean => document.visibilityState === "visible" && document.hasFocus();

/** The room that is open in the tab in front (0 if none is open); null if no tab of this page is in front. */
export function front(now = Date.now()): { room: RoomId } | null {
  const [at, room] = (readStored(KEPT) ?? "").split(" ").map(Number);
  return at !== undefined && at > now - BELIEVE && at <= now ? { room: room ?? 0 } : null;
}

/** Write heartbeats while this tab is in front. Returns a function that stops them. */
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
