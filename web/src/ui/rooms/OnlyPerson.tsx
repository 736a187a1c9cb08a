/** Loads the notice `Alone` above the composer of a room if the user may be the only one on the server. */
import { createSignal, type JSX, Show } from "solid-js";
import { personalKey, readStored, writeStored } from "../../platform/storage";
import { useConnection } from "../../state";
import type { Room } from "../../sync/types";
import { waysModule } from "../entry/waysModule";
import { loadPart } from "../parts";
import { COMPOSER } from "../places/landmarks";

const DISMISSED = personalKey("alone");

export function OnlyPerson(props: { room: Room }): JSX.Element {
  const connection = useConnection();
  const [isDismissed, setIsDismissed] = createSignal(readStored(DISMISSED) !== null);
  const dismiss = (): void => {
    setIsDismissed(true);
    writeStored(DISMISSED, "yes");
    // The button that had the focus has disappeared: focus the composer.
    document.querySelector<HTMLElement>(`#${COMPOSER} textarea`)?.focus();
  };
  /** Whether to load the notice, which asks the server. Not in a room with other members, as then there are other users. */
  const mayBeAlone = (): boolean =>
    props.room.members === 1 && props.room.kind === "public" && connection().state === "online" && !isDismissed();
  return (
    <Show when={mayBeAlone()}>
      {(_) => {
        const part = loadPart(waysModule);
        return (
          <Show when={part.module()} keyed>
            {(module) => <module.Alone room={props.room.id} onDismiss={dismiss} />}
          </Show>
        );
      }}
    </Show>
  );
}
