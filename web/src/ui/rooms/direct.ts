/** Who a direct conversation is with. */
import { type Accessor, createMemo } from "solid-js";
import { useMe, useMembers } from "../../state";
import type { Member, Room } from "../../sync/types";

/** The others in a direct room; empty until it is known who they are. */
export function useOthers(room: Accessor<Room | undefined>): Accessor<readonly Member[]> {
  const id = createMemo(() => {
    const now = room();
    return now?.kind === "direct" ? now.id : null;
  });
  const me = useMe();
  const members = useMembers(id);
  return createMemo(() => (members() ?? []).filter((member) => member.id !== me()?.id));
}
