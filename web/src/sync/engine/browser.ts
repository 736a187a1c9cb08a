/** The engine with the ports of a browser tab. */
import { readStored, writeStored } from "../../platform/storage";
import type { Engine, Pending, UserId } from "../types";
import { createEngine } from "./engine";
import { openStore } from "./indexeddb";
import type { SocketEvents, Transport } from "./socket";
import { BrowserTabs, SingleTab, type Tabs } from "./tabs";

/** The name of the database, the locks and the channel in the browser. */
const NAME = "parley";

/** An engine for this page's server. Before `start` it neither reads the store nor connects. */
export function browserEngine(): Engine {
  return createEngine({
    connect,
    store: openStore(NAME),
    tabs: browserTabs(),
    now: () => performance.now(),
    wall: () => Date.now(),
    random: () => Math.random(),
    randomBytes: (bytes) => crypto.getRandomValues(bytes),
    onWake: (wake) => {
      addEventListener("online", wake);
      addEventListener("pageshow", (event) => {
        if (event.persisted) wake();
      });
      document.addEventListener("visibilitychange", () => {
        if (document.visibilityState === "visible") wake();
      });
    },
    onOffline: (doubt) => addEventListener("offline", doubt),
    onLeave: (isAsked) => {
      addEventListener("beforeunload", (event) => {
        if (isAsked()) event.preventDefault();
      });
    },
    tabStorage: {
      keep: (user, messages) =>
        writeStored(unsentOf(user), messages.length === 0 ? null : JSON.stringify(messages), "tab"),
      take: (user) => {
        const found = readStored(unsentOf(user), "tab");
        if (found === null) return [];
        writeStored(unsentOf(user), null, "tab");
        return JSON.parse(found) as Pending[];
      },
    },
    onHide: (hide) => {
      addEventListener("pagehide", hide);
      document.addEventListener("visibilitychange", () => {
        if (document.visibilityState === "hidden") hide();
      });
    },
  });
}

const unsentOf = (user: UserId): string => `parley.unsent.${user}`;

function connect(events: SocketEvents): Transport {
  const socket = new WebSocket(`${location.protocol === "https:" ? "wss:" : "ws:"}//${location.host}/ws`);
  socket.onopen = () => events.opened();
  socket.onmessage = ({ data }: MessageEvent<unknown>) => {
    if (typeof data === "string") events.heard(data);
  };
  socket.onclose = ({ reason }) => events.closed(reason === "" ? null : reason);
  return socket;
}

function browserTabs(): Tabs {
  // Web Locks exist in secure contexts only. Over plain HTTP from another machine each tab works on its own.
  const { locks } = globalThis.navigator ?? {};
  if (locks === undefined || globalThis.BroadcastChannel === undefined) return new SingleTab();
  return new BrowserTabs(NAME, locks, new BroadcastChannel(NAME));
}
