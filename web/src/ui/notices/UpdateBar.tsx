/** Offers to reload the page when a new version is ready. */
import { createSignal, type JSX, onCleanup, Show } from "solid-js";
import { applyUpdate, onUpdate } from "../../platform/serviceWorker";
import { t } from "../../text";
import { Button } from "../parts";
import styles from "./Banner.module.css";

export function UpdateBar(): JSX.Element {
  const [there, setThere] = createSignal(false);
  onCleanup(onUpdate(() => setThere(true)));
  return (
    <Show when={there()}>
      <section class={`${styles.banner} ${styles.update}`} aria-label={t.shell.connection.update} role="status">
        <p class={styles.words}>{t.shell.connection.update}</p>
        <Button class={styles.button ?? ""} onClick={applyUpdate}>
          {t.shell.connection.updateNow}
        </Button>
        <Button class={styles.button ?? ""} look="quiet" onClick={() => setThere(false)}>
          {t.shell.connection.later}
        </Button>
      </section>
    </Show>
  );
}
