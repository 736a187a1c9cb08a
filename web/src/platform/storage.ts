/**
 * Small values in the browser's storage. The scope `device` has settings, and personal data, which is removed at sign-out. The
 * scope `tab` has texts that are not sent yet. Where the browser refuses storage, nothing is stored and no error is thrown.
 */

const PERSONAL = "parley.mine.";

/** `device`: localStorage, shared by all tabs. `tab`: sessionStorage, until the tab is closed. */
export type StorageScope = "device" | "tab";

function attempt<T>(scope: StorageScope, action: (storage: Storage) => T, otherwise: T): T {
  try {
    const storage = scope === "device" ? globalThis.localStorage : globalThis.sessionStorage;
    return storage === undefined ? otherwise : action(storage);
  } catch {
    return otherwise; // the storage is blocked, or full
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

/** Remove the stored values of the user who signs out. */
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
