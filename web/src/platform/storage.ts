/**
 * Small values in the browser's storage. On the device: settings, and personal data, which is removed at sign-out. For the tab:
 * texts that are not sent yet. Where the browser refuses storage, values are lost with the page, and nothing else fails.
 */

const PERSONAL = "parley.mine.";

/** On the device (localStorage), or until the tab is closed (sessionStorage). */
export type StorageScope = "device" | "tab";

function attempt<T>(scope: StorageScope, action: (storage: Storage) => T, otherwise: T): T {
  try {
    const storage = scope === "device" ? globalThis.localStorage : globalThis.sessionStorage;
    return storage === undefined ? otherwise : action(storage);
  } catch {
    return otherwise; // blocked, or full
  }
}

/** Return the value of a key; null if there is none. */
export function readStored(key: string, scope: StorageScope = "device"): string | null {
  return attempt(scope, (storage) => storage.getItem(key), null);
}

/** Store a value under a key; null removes the key. */
export function writeStored(key: string, value: string | null, scope: StorageScope = "device"): void {
  attempt(
    scope,
    (storage) => {
      if (value === null) storage.removeItem(key);
      else storage.setItem(key, value);
    },
    undefined,
  );
}

/** The key of a value that belongs to the signed-in user: `clearPersonal` removes it. */
export function personalKey(name: string): string {
  return PERSONAL + name;
}

/** Remove everything that belongs to the user who signs out. */
export function clearPersonal(): void {
  attempt(
    "device",
    (storage) => {
      for (const key of Object.keys(storage)) if (key.startsWith(PERSONAL)) storage.removeItem(key);
    },
    undefined,
  );
  attempt("tab", (storage) => storage.clear(), undefined);
}
