/** Shows that the connection is lost, and when the next attempt is. A short interruption is not shown. */
import { createEffect, createMemo, createSignal, type JSX, on, onCleanup, Show } from "solid-js";
import { engine, useConnection } from "../../state";
import { sentence, t } from "../../text";
import { Button, Icon } from "../parts";
import styles from "./Banner.module.css";

/** Milliseconds without a connection until the banner appears. */
const BLIP = 1_200;
/** Milliseconds for which the banner says that the connection is back. */
const BACK = 2_500;

export function ConnectionBanner(): JSX.Element {
  const connection = useConnection();
  const online = createMemo(() => connection().state === "online");
  const [lost, setLost] = createSignal(false);
  const [back, setBack] = createSignal(false);
  const [now, setNow] = createSignal(performance.now());

  createEffect(
    on(online, (is) => {
      if (is) {
        if (lost()) {
          setBack(true);
          const timer = setTimeout(() => setBack(false), BACK);
          onCleanup(() => clearTimeout(timer));
        }
        setLost(false);
        return;
      }
      setBack(false);
      const timer = setTimeout(() => setLost(true), BLIP);
      onCleanup(() => clearTimeout(timer));
    }),
  );
  createEffect(() => {
    if (!lost()) return;
    setNow(performance.now());
    const timer = setInterval(() => setNow(performance.now()), 500);
    onCleanup(() => clearInterval(timer));
  });

  // Count down by the clock of the page (`performance.now`): the clock of the device may be set meanwhile.
  const next = createMemo(() => {
    const is = connection();
    return is.state === "waiting" ? performance.now() + is.until - Date.now() : null;
  });
  const seconds = (): number | null => {
    const at = next();
    return at === null ? null : Math.max(0, Math.ceil((at - now()) / 1000));
  };
  const reason = (): string => {
    const is = connection();
    return is.state === "waiting" && is.reason ? sentence({ code: "", message: is.reason }) : "";
  };
  return (
    <>
      {/* For screen readers. Without the countdown, of which they would announce every second. */}
      <div class="visually-hidden" role="status">
        {lost()
          ? `${t.shell.connection.lost} ${t.shell.connection.writeOn}`
          : back()
            ? t.shell.connection.backAgain
            : ""}
      </div>
      <Show when={lost()}>
        <section class={`${styles.banner} ${styles.lost}`} aria-label={t.shell.connection.lost}>
          <span class={styles.pulse} aria-hidden="true" />
          <p class={styles.words}>
            <strong>{seconds() === null ? t.shell.connection.connecting : t.shell.connection.lost}</strong>{" "}
            <Show when={reason()}>
              <span dir="auto">{reason()} </span>
            </Show>
            <span class={styles.clock}>{seconds() === null ? "" : t.shell.connection.retryIn(seconds() ?? 0)}</span>{" "}
            <span class={styles.extra}>{t.shell.connection.writeOn}</span>
          </p>
          <Button class={styles.button ?? ""} disabled={seconds() === null} onClick={() => engine.start()}>
            {t.shell.connection.tryNow}
          </Button>
        </section>
      </Show>
      <Show when={back()}>
        <p class={`${styles.banner} ${styles.back}`} aria-hidden="true">
          <Icon name="check" />
          <span class={styles.words}>{t.shell.connection.backAgain}</span>
        </p>
      </Show>
    </>
  );
}
