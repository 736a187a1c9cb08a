/** A popover with the members who have read a message of the user's. */
import { createEffect, createMemo, For, type JSX, on, onCleanup, Show } from "solid-js";
import { engine, useMarks } from "../../state";
import type { RoomId, Seq } from "../../sync/types";
import { panels } from "../../text/panels";
import { authorStyle } from "../theme/authorColour";
import styles from "./Readers.module.css";
import { wordsOf } from "./Status";

export interface ReadersOf {
  seq: Seq;
  anchor: HTMLElement;
}

const MOST = 20;

export function Readers(props: { of: ReadersOf | null; room: RoomId; onClose: () => void }): JSX.Element {
  let popover!: HTMLDivElement;
  const marks = useMarks(() => props.room);
  const readers = createMemo(() => {
    marks();
    return props.of === null ? [] : engine.readers(props.room, props.of.seq);
  });
  const status = createMemo(() => {
    marks();
    return props.of === null ? null : engine.status(props.room, props.of.seq);
  });
  const place = (anchor: DOMRect): void => {
    const own = popover.getBoundingClientRect();
    const isAbove = anchor.top > own.height + 16;
    popover.style.top = `${isAbove ? anchor.top - own.height - 4 : anchor.bottom + 4}px`;
    popover.style.left = `${Math.max(8, Math.min(innerWidth - own.width - 8, anchor.right - own.width))}px`;
  };
  createEffect(
    on(
      () => props.of,
      (of) => {
        if (of === null) return;
        const { anchor } = of;
        popover.showPopover();
        place(anchor.getBoundingClientRect());
        const closed = new AbortController();
        onCleanup(() => closed.abort());
        // Listen in the capture phase, to keep Escape from other handlers.
        const options = { signal: closed.signal, capture: true };
        const pressed = (event: KeyboardEvent): void => {
          if (event.key !== "Escape") return;
          event.preventDefault();
          event.stopImmediatePropagation();
          popover.hidePopover();
        };
        // When the message is scrolled, move the popover with it; close it when the message scrolls out of view.
        const scrolled = (event: Event): void => {
          if (!(event.target instanceof Element) || popover.contains(event.target)) return;
          const view = event.target.getBoundingClientRect();
          const now = anchor.getBoundingClientRect();
          if (!anchor.isConnected || now.bottom < view.top || now.top > view.bottom) popover.hidePopover();
          else place(now);
        };
        window.addEventListener("keydown", pressed, options);
        document.addEventListener("scroll", scrolled, options);
      },
    ),
  );
  return (
    <div
      ref={popover}
      popover="auto"
      class={styles["readers"]}
      onToggle={(event) => {
        if ((event as ToggleEvent).newState !== "closed") return;
        const anchor = props.of?.anchor;
        if (popover.contains(document.activeElement) || document.activeElement === document.body) anchor?.focus();
        props.onClose();
      }}
    >
      <p class={styles["state"]}>{wordsOf(status())}</p>
      <Show when={status() !== null && (status()?.of ?? 0) > 0}>
        <Show when={readers().length > 0} fallback={<p class={styles["none"]}>{panels.message.nobodyRead}</p>}>
          <ul aria-label={panels.message.readers}>
            <For each={readers().slice(0, MOST)}>
              {(member) => (
                <li class={`author ${styles["reader"]}`} style={authorStyle(member.id, member.colour)}>
                  <bdi>{member.display || member.name}</bdi>
                </li>
              )}
            </For>
          </ul>
          <Show when={readers().length > MOST}>
            <p class={styles["none"]}>{panels.message.andMore(readers().length - MOST)}</p>
          </Show>
        </Show>
      </Show>
    </div>
  );
}
