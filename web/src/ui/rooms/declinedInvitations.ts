/** Invitations that the user has declined, which are hidden. They stay valid: the user can still join the room by its name. */
import { createSignal } from "solid-js";
import { personalKey, readStored, writeStored } from "../../platform/storage";
import type { Invited } from "../../sync/types";

const KEPT = personalKey("declined");
/** The most declined invitations that are stored. */
const MOST = 200;

/** The stored text of an invitation. It contains the inviter: declining one's invitation does not hide that of another. */
const nameOf = (invited: Invited): string => `${invited.room} ${invited.by}`;

const [declined, setDeclined] = createSignal<readonly string[]>((readStored(KEPT) ?? "").split("\n").filter(Boolean));

export function decline(invited: Invited): void {
  const next = [nameOf(invited), ...declined().filter((each) => each !== nameOf(invited))].slice(0, MOST);
  writeStored(KEPT, next.join("\n"));
  setDeclined(next);
}

/** The invitations that were not declined. */
export function withoutDeclined(invitations: readonly Invited[]): readonly Invited[] {
  return invitations.filter((each) => !declined().includes(nameOf(each)));
}
