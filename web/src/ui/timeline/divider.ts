/** Where what is new begins. It stays where it is while one reads on. */
import { type Accessor, createSignal } from "solid-js";
import type { Seq } from "../../sync/types";

export interface Divider {
  /** What follows this seq is new; null: nothing is. */
  after: Accessor<Seq | null>;
  begin(after: Seq | null): void;
  /** Something came that nobody looked at, after `after`; `read` is how far one has read. */
  came(after: Seq, read: Seq): void;
  clear(): void;
}

export function createDivider(): Divider {
  const [after, setAfter] = createSignal<Seq | null>(null);
  return {
    after,
    begin: setAfter,
    came(seq, read) {
      // Whoever had read all that was there finds it before what came; for others it stays where they left off.
      setAfter((old) => (read >= seq ? seq : (old ?? read)));
    },
    clear: () => setAfter(null),
  };
}
