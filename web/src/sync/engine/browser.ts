/** The engine in a browser's tab. */
import { readStored, writeStored } from "../../platform/storage";
import type { Engine, Pending, UserId } from "../types";
import { createEngine } from "./engine";
import { openStore } from "./indexeddb";
import type { Ear, Wire } from "./socket";
import { BrowserTabs, OneTab, type Tabs } from "./tabs";

/** The name under which this server's things are kept in the browser. */
const NAME = "parley";

/** An engine for this page's server. Nothing happens before `start`. */
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
    lastResort: {
      keep: (user, messages) =>
        writeStored(unsentOf(user), messages.length === 0 ? null : JSON.stringify(messages), "tab"),
      take: (user) => {
        const found = readStored(unsentOf(user), "tab");
        if (found === null) return [];
        writeStored(unsentOf(user), null, "tab");
        // We have written it ourselves.
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

function connect(ear: Ear): Wire {
  const socket = new WebSocket(`${location.protocol === "https:" ? "wss:" : "ws:"}//${location.host}/ws`);
  socket.onopen = () => ear.opened();
  socket.onmessage = ({ data }: MessageEvent<unknown>) => {
    if (typeof data === "string") ear.heard(data);
  };
  socket.onclose = ({ reason }) => ear.closed(reason === "" ? null : reason);
  return socket;
}

function browserTabs(): Tabs {
  // Web Locks are there in secure contexts only: a page that came by plain HTTP from another machine is a tab on its own.
  const { locks } = globalThis.navigator ?? {};
  if (locks === undefined || globalThis.BroadcastChannel === undefined) return new OneTab();
  return new BrowserTabs(NAME, locks, new BroadcastChannel(NAME));
}
