/** Asks before a message is deleted. */
import type { JSX } from "solid-js";
import { engine } from "../../state";
import type { RoomId, Seq } from "../../sync/types";
import { panels } from "../../text/panels";
import { Confirm } from "../parts/Confirm";
import { closePanel } from "../places/router";

export function DeleteMessage(props: { room: RoomId; seq: Seq }): JSX.Element {
  return (
    <Confirm
      title={panels.message.deleteTitle}
      text={panels.message.deleteText}
      doIt={panels.message.deleteDo}
      run={async () => {
        // It waits in the outbox: without a connection it is done later.
        engine.change(props.room, props.seq, "erase", "");
        return { ok: true, value: undefined };
      }}
      onClose={closePanel}
    />
  );
}
