/** The screen of the owner's first visit, which can be skipped. It says who may enter the server, and how others get in. */
import { type JSX, onMount, Show } from "solid-js";
import { server } from "../../api/server";
import type { ServerInfo } from "../../api/types";
import { t } from "../../text";
import { Button, load } from "../parts";
import styles from "./Entry.module.css";
import { WaysIn } from "./WaysIn";
import { Wordmark } from "./Wordmark";

function accessSentence(access: ServerInfo["access"]): string {
  const { ways } = t.shell;
  return { open: ways.accessOpen, invite: ways.accessInvite, members: ways.accessMembers }[access];
}

export function Setup(props: { onDone: () => void }): JSX.Element {
  let heading!: HTMLHeadingElement;
  const info = load(() => server.info());
  onMount(() => heading.focus());
  return (
    <main class={styles.page}>
      <div class={`${styles.sheet} ${styles.wide}`}>
        <Wordmark />
        <div class={styles.words}>
          <h1 ref={heading} class={styles.title} tabindex={-1}>
            {t.shell.ways.setupTitle}
          </h1>
          <p class={styles.lead}>{t.shell.ways.setupLead}</p>
        </div>
        <Show when={info.problem()}>
          <p role="alert" class={styles.problem}>
            {info.problem()}
          </p>
        </Show>
        <Show when={info.value()}>
          {(now) => (
            <>
              <section class={styles.step}>
                <h2>{t.shell.ways.setupInvite}</h2>
                <WaysIn info={now()} as="owner" />
              </section>
              <section class={styles.step}>
                <h2>{t.shell.ways.setupAccess}</h2>
                <p>{accessSentence(now().access)}</p>
                <p class={styles.lead}>
                  {t.shell.ways.accessWhere} <code dir="ltr">--access open|invite|members</code>
                </p>
              </section>
            </>
          )}
        </Show>
        <div>
          <Button look="primary" class={styles.enter ?? ""} onClick={() => props.onDone()}>
            {t.shell.ways.setupDone}
          </Button>
        </div>
      </div>
    </main>
  );
}
