/** A table of the administration. */
import { For, type JSX } from "solid-js";
import { t } from "../../text";
import styles from "./admin.module.css";

/** A column's heading and its class. An empty heading is for buttons. */
export type Column = readonly [heading: string, style?: string | undefined];

/** `children` makes a row's cells. */
export function Table<T>(props: {
  columns: readonly Column[];
  rows: readonly T[];
  children: (row: T) => JSX.Element;
}): JSX.Element {
  return (
    <div class={styles.scroll}>
      <table class={styles.table}>
        <thead>
          <tr>
            <For each={props.columns}>
              {([heading, style]) => (
                <th scope="col" class={style}>
                  {heading || <span class="visually-hidden">{t.shell.more}</span>}
                </th>
              )}
            </For>
          </tr>
        </thead>
        <tbody>
          <For each={props.rows}>{(row) => <tr>{props.children(row)}</tr>}</For>
        </tbody>
      </table>
    </div>
  );
}
