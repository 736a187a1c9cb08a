/** Shows a key combination, each key as a key cap. */
import { For, type JSX } from "solid-js";
import { shownKeys } from "../parts/keyCombination";
import styles from "./Keys.module.css";

export function Keys(props: { keys: string }): JSX.Element {
  return (
    <span class={styles.keys}>
      <For each={shownKeys(props.keys)}>{(key) => <kbd class={styles.key}>{key}</kbd>}</For>
    </span>
  );
}
