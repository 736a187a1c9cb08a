/** The divider: the line before new messages. It stays in place while the user reads them. */
import { type Accessor, createSignal } from "solid-js";
import type { Seq } from "../../sync/types";

export interface Divider {
  /** The divider is before the first message after this seq; null: there is no divider. */
  after: Accessor<Seq | null>;
  begin(after: Seq | null): void;
  /** Call when messages after the seq `after` have arrived while the user was not looking, who has read up to `read`. */
  came(after: Seq, read: Seq): void;
  clear(): void;
}

export function createDivider(): Divider {
  const [after, setAfter] = createSignal<Seq | null>(null);
  return {
    after,
    begin: setAfter,
    came(seq, read) {
      // If all earlier messages were read, put the divider before the new ones; else leave it where the user has stopped reading.
      setAfter((old) => (read >= seq ? seq : (old ?? read)));
    },
    clear: () => setAfter(null),
  };
}
