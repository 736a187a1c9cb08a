/**
 * The address, as a signal: which room is open, at which message, and which panel lies over it. The path names the place,
 * the hash a panel (`#settings/look`), so that the browser's back button closes what was opened last. The drawer with the
 * people stands in no address: it is a step of the history only.
 */
import { createSignal } from "solid-js";
import type { Room, RoomId, Seq } from "../../sync/types";

export type Place =
  /** The list of rooms; where there is space, the room that was open last. */
  | { at: "home" }
  /** `room` is a public room's name, or any room's id. */
  | { at: "room"; room: string; seq: Seq | null }
  | { at: "join"; code: string };

export interface Route {
  place: Place;
  /** What lies over it: its name and what comes after the slashes; null for nothing. */
  panel: readonly string[] | null;
  /** Whether the people lie over the room, where there is no space beside it; panels lie over them. */
  drawer: boolean;
}

function decode(part: string): string {
  try {
    return decodeURIComponent(part);
  } catch {
    return part;
  }
}

/** Read an address. What is not known is home. */
export function parse(path: string, hash: string): Pick<Route, "place" | "panel"> {
  const panel = hash.length > 1 ? hash.slice(1).split("/").map(decode) : null;
  const [head, ...rest] = path.split("/").filter(Boolean).map(decode);
  const [first, second] = rest;
  if (head === "r" && first) {
    const seq = second && /^[1-9]\d{0,15}$/.test(second) ? Number(second) : null;
    return { place: { at: "room", room: first, seq }, panel };
  }
  if (head === "join" && first) return { place: { at: "join", code: first }, panel };
  return { place: { at: "home" }, panel };
}

/**
 * How an address calls a room: a public one by its name. Not by one that looks like an id, as it would be taken for one, nor
 * by dots, of which browsers make the folder above.
 */
export function wordFor(room: Pick<Room, "id" | "name" | "kind">): string {
  return room.kind === "public" && room.name && !/^(\d+|\.{1,2})$/.test(room.name) ? room.name : String(room.id);
}

/** The address of a room, or of a message in it. */
export function pathOf(room: Pick<Room, "id" | "name" | "kind">, seq: Seq | null = null): string {
  return `/r/${encodeURIComponent(wordFor(room))}${seq === null ? "" : `/${seq}`}`;
}

/** The room that an address means, among those there are. */
export function resolve<T extends Pick<Room, "id" | "name" | "kind">>(
  rooms: readonly T[],
  wanted: string,
): T | undefined {
  if (/^\d+$/.test(wanted)) {
    const id: RoomId = Number(wanted);
    return rooms.find((room) => room.id === id);
  }
  const folded = wanted.replace(/^#/, "").toLowerCase();
  return rooms.find((room) => room.kind === "public" && room.name.toLowerCase() === folded);
}

/** What the history keeps of a step beside its address. */
interface Kept {
  drawer?: boolean;
}

const here = (): Route =>
  typeof location === "undefined"
    ? { place: { at: "home" }, panel: null, drawer: false }
    : { ...parse(location.pathname, location.hash), drawer: (history.state as Kept | null)?.drawer === true };

const [current, setCurrent] = createSignal<Route>(here());

/** Where one is. */
export const route = current;

/** How many panels this page has opened by itself: those are closed by going back. */
let opened = 0;

function go(address: string, replace: boolean, drawer = current().drawer): void {
  const state: Kept | null = drawer ? { drawer } : null;
  if (replace) history.replaceState(state, "", address);
  else history.pushState(state, "", address);
  setCurrent(here());
}

/** Go to a path of this page. */
export function navigate(path: string, options: { replace?: boolean } = {}): void {
  if (path === location.pathname && !location.hash) return;
  opened = 0;
  // What lies over a place is left behind: going back leads to where it was opened.
  go(path, (options.replace ?? false) || current().panel !== null || current().drawer, false);
}

/** Call the place where one is by another path: nothing is gone to, and what lies over it stays. */
export function correct(path: string): void {
  if (path !== location.pathname) go(path + location.hash, true);
}

/** Lay a panel over what is shown, e.g. `openPanel("settings", "look")`. One panel replaces another. */
export function openPanel(...parts: string[]): void {
  const hash = `#${parts.map(encodeURIComponent).join("/")}`;
  if (hash === location.hash) return;
  const replace = current().panel !== null;
  if (!replace) opened += 1;
  go(location.pathname + hash, replace);
}

export function closePanel(): void {
  if (!current().panel) return;
  if (opened > 0) {
    opened -= 1;
    // The address changes only after this turn: what is shown does at once.
    setCurrent({ ...current(), panel: null });
    history.back();
  } else go(location.pathname, true);
}

/** Lay the people over the room. */
export function openDrawer(): void {
  if (!current().drawer) go(location.pathname + location.hash, false, true);
}

/** Only for a drawer that nothing lies over. */
export function closeDrawer(): void {
  if (!current().drawer) return;
  setCurrent({ ...current(), drawer: false });
  // The step before it is always that of its room: the history remembers both.
  history.back();
}

/** Follow the browser's back and forward, and clicks on links to places of this page. */
export function startRouter(): () => void {
  const moved = (): void => {
    setCurrent(here());
  };
  const clicked = (event: MouseEvent): void => {
    if (
      event.defaultPrevented ||
      event.button !== 0 ||
      event.metaKey ||
      event.ctrlKey ||
      event.shiftKey ||
      event.altKey
    )
      return;
    const link = event.target instanceof Element ? event.target.closest("a") : null;
    if (!link || link.target || link.hasAttribute("download") || link.origin !== location.origin) return;
    if (link.pathname !== "/" && !link.pathname.startsWith("/r/")) return;
    event.preventDefault();
    navigate(link.pathname);
  };
  window.addEventListener("popstate", moved);
  window.addEventListener("hashchange", moved);
  document.addEventListener("click", clicked);
  return () => {
    window.removeEventListener("popstate", moved);
    window.removeEventListener("hashchange", moved);
    document.removeEventListener("click", clicked);
  };
}
