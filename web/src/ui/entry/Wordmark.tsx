/** The name of the program, as a logo. */
import type { JSX } from "solid-js";
import styles from "./Wordmark.module.css";

export function Wordmark(props: { small?: boolean }): JSX.Element {
  return (
    <div class={`${styles.wordmark} ${props.small ? styles.small : ""}`} dir="ltr" aria-hidden="true">
      Parley<span class={styles.stop}>.</span>
    </div>
  );
}
