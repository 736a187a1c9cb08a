/** The notice for a user who is the only one on the server: how others get in. Shows nothing if there are others. */
import { type JSX, Show } from "solid-js";
import { server } from "../../api/server";
import { useMe } from "../../state";
import type { RoomId } from "../../sync/types";
import { ways } from "../../text/ways";
import { IconButton, load } from "../parts";
import { WaysIn } from "./WaysIn";
import styles from "./WaysIn.module.css";

export function Alone(props: { room: RoomId; onDismiss: () => void }): JSX.Element {
  const me = useMe();
  const info = load(() => server.info());
  return (
    <Show when={info.value()?.alone && info.value()}>
      {(now) => (
        <section class={styles.alone} aria-label={ways().title}>
          <div class={styles.head}>
            <h2>{ways().title}</h2>
            <IconButton icon="close" small label={ways().dismiss} onClick={() => props.onDismiss()} />
          </div>
          <WaysIn info={now()} as={me()?.role ?? "guest"} room={props.room} />
        </section>
      )}
    </Show>
  );
}
