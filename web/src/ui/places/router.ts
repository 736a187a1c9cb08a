/**
 * The page's address as a signal: the open room, a message in it, and the panel over it. The path names the room, the hash the
 * panel (`#settings/look`), so that the browser's back button closes a panel. The drawer with the people of a room is an entry
 * of the history without an address of its own.
 */
import { createSignal } from "solid-js";
import { fold } from "../../sync/fold";
import type { Room, RoomId, Seq } from "../../sync/types";

export type Place =
  /** No room: phones show the list of rooms; on wider screens the room that was open last is opened. */
  | { at: "home" }
  /** `room` is the name of a public room, or the id of any room. */
  | { at: "room"; room: string; seq: Seq | null }
  | { at: "join"; code: string };

export interface Route {
  place: Place;
  /** The open panel: its name and arguments; null if none is open. */
  panel: readonly string[] | null;
  /** Whether the drawer with the people is open (on narrow screens). */
  drawer: boolean;
}

function decode(part: string): string {
  try {
    return decodeURIComponent(part);
  } catch {
    return part;
  }
}

/** Parse an address. An unknown path is read as `home`. */
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
 * The part of an address that denotes a room: the name of a public room, or the id of another one. The id is also used if the name
 * looks like an id, or is `.` or `..`, which browsers resolve as folders.
 */
export function wordFor(room: Pick<Room, "id" | "name" | "kind">): string {
  return room.kind === "public" && room.name && !/^(\d+|\.{1,2})$/.test(room.name) ? room.name : String(room.id);
}

/** The address of a room, or of a message in it. */
export function pathOf(room: Pick<Room, "id" | "name" | "kind">, seq: Seq | null = null): string {
  return `/r/${encodeURIComponent(wordFor(room))}${seq === null ? "" : `/${seq}`}`;
}

/** The room that this part of an address denotes. */
export function resolve<T extends Pick<Room, "id" | "name" | "kind">>(
  rooms: readonly T[],
  wanted: string,
): T | undefined {
  if (/^\d+$/.test(wanted)) {
    const id: RoomId = Number(wanted);
    return rooms.find((room) => room.id === id);
  }
  const folded = fold(wanted.replace(/^#/, ""));
  return rooms.find((room) => room.kind === "public" && fold(room.name) === folded);
}

/** What the page stores in `history.state` of an entry of the browser's history. */
interface Kept {
  drawer?: boolean;
}

const here = (): Route =>
  typeof location === "undefined"
    ? { place: { at: "home" }, panel: null, drawer: false }
    : { ...parse(location.pathname, location.hash), drawer: (history.state as Kept | null)?.drawer === true };

const [current, setCurrent] = createSignal<Route>(here());

/** The current route. */
export const route = current;

/** How many history entries `openPanel` has added since the last `navigate`. If there is one, `closePanel` goes back by it. */
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
  // Replace the history entry of an open panel or drawer, so that going back leads to the room where it was opened.
  go(path, (options.replace ?? false) || current().panel !== null || current().drawer, false);
}

/** Replace the path in the address without a new history entry. The room and the panel stay open. */
export function correct(path: string): void {
  if (path !== location.pathname) go(path + location.hash, true);
}

/** Open a panel, e.g. `openPanel("settings", "look")`. It replaces an open one. */
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
    // `history.back` changes the address later, so update the signal now.
    setCurrent({ ...current(), panel: null });
    history.back();
  } else go(location.pathname, true);
}

/** Open the drawer with the people. */
export function openDrawer(): void {
  if (!current().drawer) go(location.pathname + location.hash, false, true);
}

/** Close the drawer. Call it only while no panel is open. */
export function closeDrawer(): void {
  if (!current().drawer) return;
  setCurrent({ ...current(), drawer: false });
  // The history entry before that of the drawer is always that of the same room.
  history.back();
}

/** Handle the browser's back and forward, and clicks on links to rooms. Returns a function that removes the handlers. */
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
