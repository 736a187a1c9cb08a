/**
 * What the browser keeps of small things. On the device: how the page looks, and, under `mine.`, what somebody did, which goes
 * when they sign out. For the tab: what was being typed. A browser that refuses to keep anything loses them, and nothing else.
 */

const MINE = "parley.mine.";

/** Where something is kept: on the device, or as long as the tab is open. */
export type Where = "device" | "tab";

function attempt<T>(where: Where, does: (storage: Storage) => T, otherwise: T): T {
  try {
    const storage = where === "device" ? globalThis.localStorage : globalThis.sessionStorage;
    return storage === undefined ? otherwise : does(storage);
  } catch {
    return otherwise; // blocked, or full
  }
}

/** Return what is kept under a key; null if nothing is. */
export function kept(key: string, where: Where = "device"): string | null {
  return attempt(where, (storage) => storage.getItem(key), null);
}

/** Keep something under a key; null: nothing any more. */
export function keep(key: string, value: string | null, where: Where = "device"): void {
  attempt(
    where,
    (storage) => {
      if (value === null) storage.removeItem(key);
      else storage.setItem(key, value);
    },
    undefined,
  );
}

/** Return the key of something that is somebody's, and no business of whoever comes after them. */
export function mine(name: string): string {
  return MINE + name;
}

/** Forget what was somebody's. */
export function forgetMine(): void {
  attempt(
    "device",
    (storage) => {
      for (const key of Object.keys(storage)) if (key.startsWith(MINE)) storage.removeItem(key);
    },
    undefined,
  );
  attempt("tab", (storage) => storage.clear(), undefined);
}
