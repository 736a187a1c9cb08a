/** The elements of a long list of rows. `virtualList.ts` decides which rows have elements in the page, and where. */
import { type Accessor, createEffect, For, type JSX, on, onCleanup, onMount } from "solid-js";
import styles from "./Scroller.module.css";
import { type ListHandle, type ListOptions, VirtualList } from "./virtualList";

export interface ScrollerProps<R extends { key: string }> extends ListOptions<R> {
  rows: Accessor<readonly R[]>;
  children: (row: R) => JSX.Element;
  ref: (handle: ListHandle) => void;
  /** Attributes of the list's element, such as role, label and event handlers. */
  attributes: JSX.HTMLAttributes<HTMLDivElement>;
}

export function Scroller<R extends { key: string }>(props: ScrollerProps<R>): JSX.Element {
  let view!: HTMLDivElement;
  const list = new VirtualList(props);
  onMount(() => list.attach(view));
  onCleanup(() => list.detach());
  createEffect(on(props.rows, (rows) => list.take(rows)));
  props.ref(list);
  return (
    <div {...props.attributes} ref={view} class={styles["view"]} onScroll={() => list.scrolled()}>
      <div style={{ height: `${list.leadPx()}px` }} aria-hidden="true" />
      <For each={list.mounted()}>
        {(row) => (
          <div ref={(element) => list.enter(row, element)} class={styles["row"]} data-key={row.key}>
            {props.children(row)}
          </div>
        )}
      </For>
      <div style={{ height: `${list.trailPx()}px` }} aria-hidden="true" />
    </div>
  );
}
