/** Things of somebody's that this device keeps, the newest first: a signal that all tabs share. */
import { type Accessor, createSignal } from "solid-js";
import { personalKey, readStored, writeStored } from "../../platform/storage";

export interface KeptList<T> {
  all: Accessor<readonly T[]>;
  /** Add one, in place of those that `same` says it of. */
  put: (one: T, same: (each: T) => boolean) => void;
  drop: (which: (each: T) => boolean) => void;
}

/**
 * @param name what it is kept under.
 * @param is whether something that was found there is one of them.
 * @param most how many are kept; the oldest are forgotten.
 */
export function keptList<T>(name: string, is: (it: unknown) => it is T, most: number): KeptList<T> {
  const key = personalKey(name);
  const read = (text: string | null): readonly T[] => {
    try {
      const found: unknown = JSON.parse(text ?? "[]");
      return Array.isArray(found) ? found.filter(is) : [];
    } catch {
      return []; // of no version of this page
    }
  };
  const [all, setAll] = createSignal(read(readStored(key)));
  const set = (next: readonly T[]): void => {
    writeStored(key, next.length > 0 ? JSON.stringify(next) : null);
    setAll(next);
  };
  // Another tab has kept something; the key is null where it has forgotten everything.
  if (typeof window !== "undefined")
    window.addEventListener("storage", (event) => {
      if (event.key === key || event.key === null) setAll(read(event.newValue));
    });
  return {
    all,
    put: (one, same) => set([one, ...all().filter((each) => !same(each))].slice(0, most)),
    drop: (which) => {
      if (all().some(which)) set(all().filter((each) => !which(each)));
    },
  };
}

/** Whether something is an object with these fields, of these types. */
export function hasFields(it: unknown, fields: Readonly<Record<string, "number" | "string" | "boolean">>): boolean {
  if (typeof it !== "object" || it === null) return false;
  const one = it as Readonly<Record<string, unknown>>;
  return Object.entries(fields).every(([name, type]) => typeof one[name] === type);
}
