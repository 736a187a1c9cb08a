/**
 * The page's side of the service worker, which keeps the page for use without a network, downloads new versions, and shows
 * notifications. A new version waits until `applyUpdate`. The reload loses nothing, because messages and drafts are stored.
 */

import { isPageReplaced } from "./lazyModule";
import { scriptUrl } from "./trustedTypes";

/** Milliseconds between two checks for a new version. */
const ASK_EVERY = 60 * 60 * 1000;
/** Milliseconds after the page has started until the worker is installed at the first visit. */
const FIRST_WAIT = 1500;

let registration: ServiceWorkerRegistration | null = null;
let waiting = false;
let applying = false;
let replaced = false;

const updateListeners = new Set<() => void>();
const openListeners = new Set<(path: string) => void>();

/**
 * Start the service worker, in built pages over https or on localhost. Where the browser allows none (an untrusted certificate, a
 * private window), the page can be opened only while the server can be reached.
 */
export async function startWorker(): Promise<void> {
  const workers = navigator.serviceWorker as ServiceWorkerContainer | undefined;
  if (workers === undefined || !import.meta.env.PROD) return;

  let controlled = workers.controller !== null;
  workers.addEventListener("controllerchange", () => {
    // The first worker has the files of this page. A later worker has those of another version, which do not fit this page.
    if (controlled) giveWay();
    controlled = true;
  });
  workers.addEventListener("message", (event) => {
    const path: unknown = (event.data as { open?: unknown } | null)?.open;
    if (typeof path === "string") for (const listener of openListeners) listener(path);
  });

  // The first worker downloads all files of the page: let the messages appear before that.
  if (!controlled) await new Promise((resolve) => setTimeout(resolve, FIRST_WAIT));
  try {
    // Some browsers that block workers fulfil the promise with undefined.
    const made: ServiceWorkerRegistration | undefined = await workers.register(scriptUrl("/sw.js"), {
      updateViaCache: "none",
    });
    registration = made ?? null;
  } catch {
    return;
  }
  if (registration === null) return;
  watch(registration);
  const ask = () => void registration?.update().catch(() => {}); // if offline, the next check finds the update
  setInterval(ask, ASK_EVERY);
  addEventListener("online", ask);
}

/** The server has another version. The worker offers the reload when it has the new page; without a worker, offer it now. */
export function serverWasUpdated(): void {
  if (registration !== null) void registration.update().catch(() => {});
  else offerReload();
}

/** Call this after each reconnect. If there is no worker, ask the server whether it still has this version of the page. */
export async function checkPage(): Promise<void> {
  if (registration !== null || !import.meta.env.PROD) return;
  if (await isPageReplaced().catch(() => false)) offerReload();
}

function offerReload(): void {
  replaced = true;
  tell();
}

/**
 * Call `listener` when a new version is ready; if one is ready already, immediately.
 * @returns a function that removes the listener.
 */
export function onUpdate(listener: () => void): () => void {
  updateListeners.add(listener);
  if (waiting || replaced) listener();
  return () => updateListeners.delete(listener);
}

/** Change to the new version. This page reloads now; other tabs reload when they are hidden. */
export function applyUpdate(): void {
  if (replaced) {
    location.reload();
    return;
  }
  applying = true;
  registration?.waiting?.postMessage("apply");
}

/**
 * Call `listener` with a path (`/r/lobby/12`) when a notification that `notify` showed was clicked.
 * @returns a function that removes the listener.
 */
export function onOpen(listener: (path: string) => void): () => void {
  openListeners.add(listener);
  return () => openListeners.delete(listener);
}

/** The notifications that this page has shown without a worker, by tag. */
const shownHere = new Map<string, Notification>();

/** Close the notification with this tag, if it is the one that opens `path`. */
export async function takeBack(tag: string, path: string): Promise<void> {
  const ofWorker = (await registration?.getNotifications({ tag })) ?? [];
  for (const shown of [...ofWorker, shownHere.get(tag)]) if (shown?.data === path) shown.close();
}

/**
 * Show a notification that opens `path` when clicked. It replaces the notification with the same `tag`. The worker shows it, if
 * there is one: on phones only a worker can. Does nothing without the user's permission.
 */
export async function notify(title: string, options: { body: string; tag: string; path: string }): Promise<void> {
  if (!("Notification" in globalThis) || Notification.permission !== "granted") return;
  const shown: NotificationOptions = {
    body: options.body,
    tag: options.tag,
    icon: "/icons/parley-192.png",
    data: options.path,
  };
  if (registration?.active) {
    await registration.showNotification(title, shown);
    return;
  }
  const notification = new Notification(title, shown);
  shownHere.set(options.tag, notification);
  notification.addEventListener("click", () => {
    notification.close();
    focus();
    for (const listener of openListeners) listener(options.path);
  });
}

function watch(found: ServiceWorkerRegistration): void {
  if (found.waiting !== null && navigator.serviceWorker.controller !== null) tell();
  found.addEventListener("updatefound", () => {
    const worker = found.installing;
    worker?.addEventListener("statechange", () => {
      if (worker.state === "installed" && navigator.serviceWorker.controller !== null) tell();
    });
  });
}

function tell(): void {
  waiting = true;
  for (const listener of updateListeners) listener();
}

/** A worker of another version controls the page now. Reload if the page is hidden; else let the user decide when. */
function giveWay(): void {
  if (applying || document.visibilityState === "hidden") {
    location.reload();
    return;
  }
  replaced = true;
  tell();
  document.addEventListener("visibilitychange", () => {
    if (document.visibilityState === "hidden") location.reload();
  });
}
