/** Lists that belong to the user and are stored on this device, the newest item first. A change shows in all tabs. */
import { type Accessor, createSignal } from "solid-js";
import { personalKey, readStored, writeStored } from "../../platform/storage";

export interface StoredList<T> {
  all: Accessor<readonly T[]>;
  /** Add an item at the beginning, and remove the items for which `isSame` returns true. */
  put: (item: T, isSame: (each: T) => boolean) => void;
  drop: (which: (each: T) => boolean) => void;
}

/** The types of an item's fields, as `typeof` calls them. */
type FieldTypes<T> = { readonly [Name in keyof T]: "number" | "string" | "boolean" };

/**
 * @param name part of the key in the browser's storage.
 * @param fields the fields of an item and their types. Stored items that differ, as those of another version, are ignored.
 * @param most how many items are kept; the oldest are dropped.
 */
export function createStoredList<T extends object>(name: string, fields: FieldTypes<T>, most: number): StoredList<T> {
  const key = personalKey(name);
  const isItem = (it: unknown): it is T =>
    typeof it === "object" &&
    it !== null &&
    Object.entries(fields).every(([field, type]) => typeof (it as Record<string, unknown>)[field] === type);
  const read = (text: string | null): readonly T[] => {
    try {
      const found: unknown = JSON.parse(text ?? "[]");
      return Array.isArray(found) ? found.filter(isItem) : [];
    } catch {
      return [];
    }
  };
  const [all, setAll] = createSignal(read(readStored(key)));
  const set = (next: readonly T[]): void => {
    writeStored(key, next.length > 0 ? JSON.stringify(next) : null);
    setAll(next);
  };
  // A `storage` event means that another tab has changed the list. Its key is null if that tab has cleared the whole storage.
  if (typeof window !== "undefined")
    window.addEventListener("storage", (event) => {
      if (event.key === key || event.key === null) setAll(read(event.newValue));
    });
  return {
    all,
    put: (item, isSame) => set([item, ...all().filter((each) => !isSame(each))].slice(0, most)),
    drop: (which) => {
      if (all().some(which)) set(all().filter((each) => !which(each)));
    },
  };
}
