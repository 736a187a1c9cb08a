/** The lists over the composer: suggestions, and the help on commands. */
import { createEffect, For, type JSX } from "solid-js";
import { t } from "../../text";
import { authorStyle } from "../theme/authorColour";
import { COMMANDS, usage } from "./commands";
import type { Suggestion } from "./completion";
import styles from "./SuggestionList.module.css";

/** The text field keeps the focus, and refers to the chosen option by the id `${id}-${at}`. */
export function SuggestionList(props: {
  id: string;
  list: readonly Suggestion[];
  chosen: number;
  onChoose: (at: number) => void;
  onTake: (suggestion: Suggestion) => void;
}): JSX.Element {
  let list!: HTMLUListElement;
  createEffect(() => list.children[props.chosen]?.scrollIntoView?.({ block: "nearest" }));
  return (
    <ul
      ref={list}
      class={styles["list"]}
      id={props.id}
      role="listbox"
      aria-label={t.timeline.complete}
      // Focusable, so that the list can be scrolled by keys.
      tabIndex={0}
      onPointerDown={(event) => event.preventDefault()}
    >
      <For each={props.list}>
        {(one, at) => (
          // biome-ignore lint/a11y/useKeyWithClickEvents: the text field has the focus and handles the keys
          <li
            id={`${props.id}-${at()}`}
            role="option"
            class={styles["suggestion"]}
            aria-selected={at() === props.chosen}
            onPointerMove={() => props.onChoose(at())}
            onClick={() => props.onTake(one)}
          >
            <bdi
              class={one.user === undefined ? styles["label"] : `author ${styles["label"]}`}
              style={one.user === undefined ? {} : authorStyle(one.user, one.colour ?? "")}
            >
              {one.label}
            </bdi>
            <bdi class={styles["beside"]}>{one.beside}</bdi>
          </li>
        )}
      </For>
    </ul>
  );
}

export function CommandHelp(): JSX.Element {
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: a list that is longer than its box is scrolled by keys
    <section class={`${styles["list"]} ${styles["help"]}`} aria-label={t.timeline.commandsTitle} tabIndex={0}>
      <dl class={styles["commands"]}>
        <For each={COMMANDS}>
          {(command) => (
            <>
              <dt>{usage(command)}</dt>
              <dd>{t.timeline.commands[command.name]}</dd>
            </>
          )}
        </For>
      </dl>
      <p>{t.timeline.timeHint}</p>
    </section>
  );
}
