/**
 * The service worker. With it, the page opens without a network, and changes to a new version only when the user wants it. It
 * caches the files of the page and nothing else. It does not see messages, as it does not handle requests to the API.
 */

declare const self: ServiceWorkerGlobalScope;
/** The paths of all files of the page, and a hash of their contents. The build inserts them. */
declare const __SHELL__: readonly string[];
declare const __VERSION__: string;

const PREFIX = "parley-";
const CACHE = PREFIX + __VERSION__;
const SHELL: ReadonlySet<string> = new Set(__SHELL__);

/** Paths for which the page itself is the answer: the start, rooms, and messages. */
const PAGE = /^\/(?:$|r\/)/;

self.addEventListener("install", (event) => {
  event.waitUntil(keepShell());
});

self.addEventListener("activate", (event) => {
  event.waitUntil(Promise.all([forgetOld(), self.clients.claim()]));
});

self.addEventListener("fetch", (event) => {
  const url = new URL(event.request.url);
  if (event.request.method !== "GET" || url.origin !== self.location.origin) return;
  if (event.request.mode === "navigate") {
    if (PAGE.test(url.pathname)) event.respondWith(kept("/", event.request));
  } else if (SHELL.has(url.pathname) || url.pathname.startsWith("/assets/")) {
    event.respondWith(kept(url.pathname, event.request));
  }
});

self.addEventListener("message", (event) => {
  if (event.data === "apply") event.waitUntil(self.skipWaiting());
});

self.addEventListener("notificationclick", (event) => {
  event.notification.close();
  const data: unknown = event.notification.data;
  const path = typeof data === "string" && data.startsWith("/") && !data.startsWith("//") ? data : "/";
  event.waitUntil(show(path));
});

/** Download all files of this version from the server, not from the browser's HTTP cache. If one fails, none is kept. */
async function keepShell(): Promise<void> {
  const cache = await caches.open(CACHE);
  await cache.addAll([...SHELL].map((path) => new Request(path, { cache: "reload" })));
}

/** Remove old versions, except the previous one: pages of it that are still open may load more of its files. */
async function forgetOld(): Promise<void> {
  const others = (await caches.keys()).filter((name) => name.startsWith(PREFIX) && name !== CACHE);
  await Promise.all(others.slice(0, -1).map((name) => caches.delete(name)));
}

async function kept(path: string, request: Request): Promise<Response> {
  const current = await caches.open(CACHE);
  return (await current.match(path)) ?? (await caches.match(path)) ?? fetch(request);
}

/** Bring a window of the page to the front, and make it open a path. */
async function show(path: string): Promise<void> {
  const windows = await self.clients.matchAll({ type: "window", includeUncontrolled: true });
  const open = windows.find((client) => client.focused) ?? windows[0];
  if (open === undefined) {
    await self.clients.openWindow(path);
    return;
  }
  open.postMessage({ open: path });
  await open.focus();
}
