/**
 * What the browser keeps of small things, in `localStorage`: how the page looks, and, under `mine.`, what somebody did, which
 * goes when they sign out. A browser that refuses to keep anything loses them, and nothing else.
 */

const MINE = "parley.mine.";

function attempt<T>(does: (storage: Storage) => T, otherwise: T): T {
  try {
    return globalThis.localStorage === undefined ? otherwise : does(globalThis.localStorage);
  } catch {
    return otherwise; // blocked, or full
  }
}

/** Return what is kept under a key; null if nothing is. */
export function kept(key: string): string | null {
  return attempt((storage) => storage.getItem(key), null);
}

/** Keep something under a key; null: nothing any more. */
export function keep(key: string, value: string | null): void {
  attempt((storage) => {
    if (value === null) storage.removeItem(key);
    else storage.setItem(key, value);
  }, undefined);
}

/** Return the key of something that is somebody's, and no business of whoever comes after them. */
export function mine(name: string): string {
  return MINE + name;
}

/** Forget what was somebody's. */
export function forgetMine(): void {
  attempt((storage) => {
    for (const key of Object.keys(storage)) if (key.startsWith(MINE)) storage.removeItem(key);
  }, undefined);
  try {
    globalThis.sessionStorage?.clear();
  } catch {
    // blocked: there is nothing
  }
}
