/** Shows refused messages of archived rooms, and of rooms that the user is no longer in, so that the user can copy their text. */
import { For, type JSX } from "solid-js";
import { engine, useStranded } from "../../state";
import type { Pending } from "../../sync/types";
import { sentence, t } from "../../text";
import { Button, copyAndTell, Icon } from "../parts";
import styles from "./Banner.module.css";

export function Stranded(): JSX.Element {
  const stranded = useStranded();
  const copy = ({ text }: Pending): Promise<void> => copyAndTell(text);
  return (
    <For each={stranded()}>
      {(pending) => (
        <section class={`${styles.banner} ${styles.lost} ${styles.returned}`} role="alert">
          <Icon name="alert" />
          <p class={styles.words}>
            <strong>{pending.to ? t.shell.connection.notSentTo(pending.to) : t.timeline.notSent}</strong>{" "}
            <span dir="auto">{pending.problem ? sentence(pending.problem) : ""}</span>{" "}
            <q dir="auto" class={styles.quoted}>
              {pending.text}
            </q>
          </p>
          <Button class={styles.button ?? ""} onClick={() => void copy(pending)}>
            {t.timeline.copyText}
          </Button>
          <Button class={styles.button ?? ""} look="quiet" onClick={() => engine.discard(pending.key)}>
            {t.timeline.discard}
          </Button>
        </section>
      )}
    </For>
  );
}
