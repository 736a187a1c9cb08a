/** Lets dialogs ask the timeline of the open room to go to a message. */
import { createSignal } from "solid-js";
import type { RoomId, Seq } from "../../sync/types";

/** The last message to go to. Asked again, it is gone to again. */
const [jump, setJump] = createSignal<{ room: RoomId; seq: Seq } | null>(null, { equals: false });

export { jump };

export function jumpTo(room: RoomId, seq: Seq): void {
  setJump({ room, seq });
}
