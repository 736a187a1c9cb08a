/** The pinned messages of a room. */
import { For, type JSX, Show } from "solid-js";
import { plainText } from "../../markdown";
import { engine } from "../../state";
import type { RoomId } from "../../sync/types";
import { t } from "../../text";
import { formatDate } from "../../text/dates";
import { panels } from "../../text/panels";
import { Dialog, load } from "../parts";
import { closePanel } from "../places/router";
import { jumpTo } from "./jump";
import styles from "./MessagePanels.module.css";

export function Pins(props: { room: RoomId }): JSX.Element {
  const pins = load(() => engine.pins(props.room));
  return (
    <Dialog title={t.timeline.pins} onClose={closePanel}>
      <p role="alert">{pins.problem()}</p>
      <ul class={styles["list"]}>
        <For each={pins.value() ?? []}>
          {(event) => (
            <li>
              <button
                type="button"
                class={styles["jump"]}
                onClick={() => {
                  closePanel();
                  jumpTo(props.room, event.seq);
                }}
              >
                <span class={styles["when"]}>
                  <bdi>{event.name}</bdi>, {formatDate("full", event.at)}
                </span>
                <bdi class={styles["text"]}>{plainText(event.text, 300)}</bdi>
              </button>
            </li>
          )}
        </For>
      </ul>
      <Show when={pins.value()?.length === 0}>
        <p>{panels.message.noPins}</p>
      </Show>
    </Dialog>
  );
}
