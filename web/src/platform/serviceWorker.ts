/**
 * The page as an app: kept for use without a network, installed, and brought up to date when the user wants it.
 * A new version waits until `applyUpdate`; what was written is in the outbox and in the drafts, so a reload loses nothing.
 */

import { scriptUrl } from "./trustedTypes";

/** How often a page that stays open asks for a new version. Milliseconds. */
const ASK_EVERY = 60 * 60 * 1000;
/** How long a first visit goes on without the worker. Milliseconds. */
const FIRST_WAIT = 1500;

let registration: ServiceWorkerRegistration | null = null;
let waiting = false;
let applying = false;
let replaced = false;

const updateListeners = new Set<() => void>();
const openListeners = new Set<(path: string) => void>();

/**
 * Start the service worker, where there can be one: in built pages, on https or on this machine. Without one (a certificate
 * that the browser does not trust, a private window) the page works, but only while the server can be reached.
 */
export async function startWorker(): Promise<void> {
  const workers = navigator.serviceWorker as ServiceWorkerContainer | undefined;
  if (workers === undefined || !import.meta.env.PROD) return;

  let controlled = workers.controller !== null;
  workers.addEventListener("controllerchange", () => {
    // The first worker takes the page over as it is. Any later one brings files that this page does not fit.
    if (controlled) giveWay();
    controlled = true;
  });
  workers.addEventListener("message", (event) => {
    const path: unknown = (event.data as { open?: unknown } | null)?.open;
    if (typeof path === "string") for (const listener of openListeners) listener(path);
  });

  // The first time there is all of the page to fetch and to keep: that waits until the conversation is on the screen.
  if (!controlled) await new Promise((resolve) => setTimeout(resolve, FIRST_WAIT));
  try {
    registration = await workers.register(scriptUrl("/sw.js"), { updateViaCache: "none" });
  } catch {
    return;
  }
  watch(registration);
  const ask = () => void registration?.update().catch(() => {}); // offline: the next time
  setInterval(ask, ASK_EVERY);
  addEventListener("online", ask);
}

/** Ask now whether there is a new version: for instance when a server came back that calls itself by another one. */
export function askForUpdate(): void {
  void registration?.update().catch(() => {});
}

/**
 * Call `listener` once a new version is there (at once if it is already).
 * @returns a function that ends this.
 */
export function onUpdate(listener: () => void): () => void {
  updateListeners.add(listener);
  if (waiting || replaced) listener();
  return () => updateListeners.delete(listener);
}

/** Change to the new version: this page reloads, and so do others of this server when nobody is looking at them. */
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
 * @returns a function that ends this.
 */
export function onOpen(listener: (path: string) => void): () => void {
  openListeners.add(listener);
  return () => openListeners.delete(listener);
}

/**
 * Show a notification that leads to `path` when clicked; it works on phones, too, where only a worker may show one.
 * Of those with the same `tag` the newest is shown. Does nothing without permission.
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

/** Another worker serves this page from now on. Whoever is looking at it decides when it reloads. */
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
