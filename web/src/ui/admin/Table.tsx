/** The table that the pages of the administration use. */
import { For, type JSX } from "solid-js";
import { t } from "../../text";
import styles from "./admin.module.css";

/** A column's heading and CSS class. A column of buttons has an empty heading. */
export type Column = readonly [heading: string, style?: string | undefined];

/** `children` returns the cells of a row. */
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
