/** The dialog that lists all keyboard shortcuts. */
import { createMemo, For, type JSX, Show } from "solid-js";
import { t } from "../../text";
import { Dialog } from "../parts";
import { type Action, actions, type Section } from "./actions";
import { Keys } from "./Keys";
import styles from "./Shortcuts.module.css";

const SECTIONS: readonly Section[] = ["going", "reading", "writing", "people", "page"];

export function Shortcuts(props: { onClose: () => void }): JSX.Element {
  const grouped = createMemo(() =>
    SECTIONS.map((section) => ({
      section,
      list: actions().filter((action) => action.section === section && action.keys?.length),
    })).filter((group) => group.list.length > 0),
  );
  const heading = (section: Section): string => t.shell.shortcuts[section];
  return (
    <Dialog title={t.shell.shortcuts.title} onClose={() => props.onClose()} text>
      <div class={styles.sections}>
        <For each={grouped()}>
          {(group) => (
            <section class={styles.section}>
              <h3 class={styles.heading}>{heading(group.section)}</h3>
              <dl class={styles.list}>
                <For each={group.list}>{(action) => <Line action={action} />}</For>
              </dl>
            </section>
          )}
        </For>
      </div>
    </Dialog>
  );
}

function Line(props: { action: Action }): JSX.Element {
  return (
    <div class={styles.line}>
      <dt>{props.action.title()}</dt>
      <dd>
        <For each={props.action.keys}>
          {(keys, index) => (
            <>
              <Show when={index() > 0}>
                <span class={styles.or}>{t.shell.shortcuts.or}</span>
              </Show>
              <Keys keys={keys} />
            </>
          )}
        </For>
      </dd>
    </div>
  );
}
