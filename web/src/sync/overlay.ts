/** What the user has done to a message is shown at once, over the message as the server has it. */
import { withReaction } from "./forms";
import type { MessageNow, Pending, RoomEvent } from "./types";

/** A message with the pending changes of it, in their order. Refused ones are not shown. */
export function overlaid(event: RoomEvent, changes: readonly Pending[]): RoomEvent {
  let shown = event;
  for (const change of changes) if (change.state !== "refused" && !shown.now?.erased) shown = withChange(shown, change);
  return shown;
}

function withChange(event: RoomEvent, { kind, text }: Pending): RoomEvent {
  const now: MessageNow = { ...event.now };
  switch (kind) {
    case "edit":
      now.edited ??= event.seq;
      return { ...event, text, now };
    case "erase":
      return { ...event, text: "", now: { erased: event.seq, by: event.user } };
    case "react":
    case "unreact": {
      const known = now.reactions ?? [];
      const isOn = kind === "react";
      const isMine = known.find((each) => each.emoji === text)?.mine ?? false;
      return isMine === isOn ? event : { ...event, now: { ...now, reactions: withReaction(known, text, isOn, true) } };
    }
    default:
      return event;
  }
}
