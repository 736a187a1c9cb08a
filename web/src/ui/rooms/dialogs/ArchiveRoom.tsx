import { createSignal, type JSX, Show } from "solid-js";
import { engine, useRoom } from "../../../state";
import { useMay } from "../../../state/ownPermissions";
import type { Answer, RoomId } from "../../../sync/types";
import { t } from "../../../text";
import { panels } from "../../../text/panels";
import { Field } from "../../parts";
import { Confirm } from "../../parts/Confirm";
import { closePanel } from "../../places/router";

export function ArchiveRoom(props: { room: RoomId | null }): JSX.Element {
  const room = useRoom(() => props.room);
  const may = useMay(() => props.room);
  return (
    <Show when={may("archive") && room()}>
      {(now) => (
        <ConfirmArchive
          name={now().name}
          onClose={closePanel}
          run={(why) => engine.moderate(now().id, { action: "archive", ...(why ? { why } : {}) })}
        />
      )}
    </Show>
  );
}

/** Asks whether to archive a room, and why. */
export function ConfirmArchive(props: {
  name: string;
  onClose: () => void;
  run: (why: string) => Promise<Answer<unknown>>;
}): JSX.Element {
  const [why, setWhy] = createSignal("");
  return (
    <Confirm
      title={panels.header.archiveTitle(props.name)}
      text={panels.header.archiveText}
      doIt={t.shell.header.archive}
      onClose={() => props.onClose()}
      run={() => props.run(why().trim())}
    >
      <Field
        label={panels.people.why}
        hint={panels.people.whyHint}
        maxlength={250}
        value={why()}
        onInput={(event) => setWhy(event.currentTarget.value)}
        data-autofocus=""
      />
    </Confirm>
  );
}
