/** The notice for a user who is the only one on the server: how others get in. Shows nothing if there are others. */
import { type JSX, Show } from "solid-js";
import { server } from "../../api/server";
import { useMe } from "../../state";
import type { RoomId } from "../../sync/types";
import { t } from "../../text";
import { WaysIn } from "../entry/WaysIn";
import { IconButton, load } from "../parts";
import styles from "./Alone.module.css";

export function Alone(props: { room: RoomId; onDismiss: () => void }): JSX.Element {
  const me = useMe();
  const info = load(() => server.info());
  return (
    <Show when={info.value()?.alone && info.value()}>
      {(now) => (
        <section class={styles.alone} aria-label={t.shell.ways.title}>
          <div class={styles.head}>
            <h2>{t.shell.ways.title}</h2>
            <IconButton icon="close" small label={t.shell.ways.dismiss} onClick={() => props.onDismiss()} />
          </div>
          <WaysIn info={now()} as={me()?.role ?? "guest"} room={props.room} />
        </section>
      )}
    </Show>
  );
}
