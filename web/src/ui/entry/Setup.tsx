/** The screen of the owner's first visit, which can be skipped. It says who may enter the server, and how others get in. */
import { type JSX, onMount, Show } from "solid-js";
import { server } from "../../api/server";
import type { ServerInfo } from "../../api/types";
import { ways } from "../../text/ways";
import { Button, load } from "../parts";
import entry from "./Entry.module.css";
import { WaysIn } from "./WaysIn";
import styles from "./WaysIn.module.css";
import { Wordmark } from "./Wordmark";

function accessSentence(access: ServerInfo["access"]): string {
  return { open: ways().accessOpen, invite: ways().accessInvite, members: ways().accessMembers }[access];
}

export function Setup(props: { onDone: () => void }): JSX.Element {
  let heading!: HTMLHeadingElement;
  const info = load(() => server.info());
  onMount(() => heading.focus());
  return (
    <main class={entry.page}>
      <div class={`${entry.sheet} ${styles.wide}`}>
        <Wordmark />
        <div class={entry.words}>
          <h1 ref={heading} class={entry.title} tabindex={-1}>
            {ways().setupTitle}
          </h1>
          <p class={entry.lead}>{ways().setupLead}</p>
        </div>
        <Show when={info.problem()}>
          <p role="alert" class={entry.problem}>
            {info.problem()}
          </p>
        </Show>
        <Show when={info.value()}>
          {(now) => (
            <>
              <section class={styles.step}>
                <h2>{ways().setupInvite}</h2>
                <WaysIn info={now()} as="owner" />
              </section>
              <section class={styles.step}>
                <h2>{ways().setupAccess}</h2>
                <p>{accessSentence(now().access)}</p>
                <p class={entry.lead}>
                  {ways().accessWhere} <code dir="ltr">--access open|invite|members</code>
                </p>
              </section>
            </>
          )}
        </Show>
        <div>
          <Button look="primary" class={entry.enter ?? ""} onClick={() => props.onDone()}>
            {ways().setupDone}
          </Button>
        </div>
      </div>
    </main>
  );
}
