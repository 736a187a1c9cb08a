/** Invitations that one does not want to see. The server keeps them: who changes their mind may come in by name. */
import { createSignal } from "solid-js";
import { personalKey, readStored, writeStored } from "../../platform/storage";
import type { Invited } from "../../sync/types";

const KEPT = personalKey("declined");
/** The oldest are forgotten. */
const MOST = 200;

/** Somebody else's invitation into the same room is another one. */
const nameOf = (invited: Invited): string => `${invited.room} ${invited.by}`;

const [declined, setDeclined] = createSignal<readonly string[]>((readStored(KEPT) ?? "").split("\n").filter(Boolean));

export function decline(invited: Invited): void {
  const next = [nameOf(invited), ...declined().filter((each) => each !== nameOf(invited))].slice(0, MOST);
  writeStored(KEPT, next.join("\n"));
  setDeclined(next);
}

/** Those that have not been declined. */
export function undeclined(invitations: readonly Invited[]): readonly Invited[] {
  return invitations.filter((each) => !declined().includes(nameOf(each)));
}
