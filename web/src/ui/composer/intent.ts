/** What the composer is used for besides writing a new message: to edit a message, or to answer one. */
import { createSignal } from "solid-js";
import { engine } from "../../state";
import { overlaid } from "../../sync/overlay";
import { isMessage, isPendingChange, type Pending, type RoomEvent, type RoomId, type Seq } from "../../sync/types";

export type Intent = { room: RoomId } & (
  | { is: "edit"; seq: Seq; text: string }
  /** Write a message differently that was not sent yet. */
  | { is: "rewrite"; key: string; text: string }
  | { is: "reply"; seq: Seq; name: string; text: string }
);

const [intent, setIntent] = createSignal<Intent | null>(null);

export { intent, setIntent };

export function editMessage(room: RoomId, event: RoomEvent): void {
  setIntent({ is: "edit", room, seq: event.seq, text: event.text });
}

export function editPending({ room, key, text }: Pending): void {
  setIntent({ is: "rewrite", room, key, text });
}

export function replyTo(room: RoomId, event: RoomEvent, name: string): void {
  setIntent({ is: "reply", room, seq: event.seq, name, text: event.text });
}

/** Edit the user's last message in a room. Returns whether there is one. */
export function editLast(room: RoomId): boolean {
  // Otherwise this would edit the message before the last one.
  if (engine.isWriting(room)) return false;
  const outbox = engine.outbox(room);
  const waiting = outbox.findLast((each) => !isPendingChange(each) && each.thread === undefined);
  if (waiting !== undefined) {
    if (!engine.canRewrite(waiting.key)) return false;
    editPending(waiting);
    return true;
  }
  const me = engine.me()?.id;
  const last = engine.window(room).events.findLast((event) => event.user === me && isMessage(event));
  const shown =
    last &&
    overlaid(
      last,
      outbox.filter((each) => each.target === last.seq),
    );
  if (shown === undefined || shown.now?.erased !== undefined || !engine.window(room).atTip) return false;
  editMessage(room, shown);
  return true;
}
