/** The divider before new messages. It stays in place while the user reads on. */
import { type Accessor, createSignal } from "solid-js";
import type { Seq } from "../../sync/types";

export interface Divider {
  /** Messages after this seq are new; null for no divider. */
  after: Accessor<Seq | null>;
  begin(after: Seq | null): void;
  /** Messages after `after` have arrived and nobody was looking; the user has read up to `read`. */
  came(after: Seq, read: Seq): void;
  clear(): void;
}

export function createDivider(): Divider {
  const [after, setAfter] = createSignal<Seq | null>(null);
  return {
    after,
    begin: setAfter,
    came(seq, read) {
      // If everything was read, put it before the new messages, else leave it where the user has stopped reading.
      setAfter((old) => (read >= seq ? seq : (old ?? read)));
    },
    clear: () => setAfter(null),
  };
}
