/** The emoji picker at a message, to react with. */
import { type JSX, Match, onMount, Switch } from "solid-js";
import { baseOf } from "../../emoji/tones";
import { engine } from "../../state";
import type { RoomEvent, RoomId } from "../../sync/types";
import { pickerModule } from "../composer/emojiModules";
import { loadPart, PartFailure, PartLoading } from "../parts";
import styles from "./MessageParts.module.css";

export interface Picking {
  event: RoomEvent;
  anchor: HTMLElement;
}

/** Pixels that are left free around the picker, and its expected size. */
const EDGE = 8;
const SIZE = { width: 352, height: 380 };

export function EmojiPopover(props: { of: Picking; room: RoomId; onClose: () => void }): JSX.Element {
  let popover!: HTMLDivElement;
  const part = loadPart(pickerModule);
  const { event, anchor } = props.of;
  onMount(() => {
    popover.showPopover();
    const at = anchor.getBoundingClientRect();
    const top = Math.min(at.bottom, innerHeight - SIZE.height - EDGE);
    popover.style.top = `${Math.max(EDGE, top)}px`;
    popover.style.left = `${Math.max(EDGE, Math.min(at.right - SIZE.width, innerWidth - SIZE.width - EDGE))}px`;
  });
  const pick = (emoji: string): void => {
    popover.hidePopover();
    const known = event.now?.reactions ?? [];
    if (known.some((each) => each.mine && each.emoji === emoji)) {
      engine.change(props.room, event.seq, "unreact", emoji);
      return;
    }
    // The user holds one tone of an emoji: another one replaces it.
    for (const each of known)
      if (each.mine && each.emoji !== emoji && baseOf(each.emoji) === baseOf(emoji))
        engine.change(props.room, event.seq, "unreact", each.emoji);
    engine.change(props.room, event.seq, "react", emoji);
  };
  return (
    <div
      ref={popover}
      popover="auto"
      class={styles["picker"]}
      onToggle={(toggled) => {
        if ((toggled as ToggleEvent).newState !== "closed") return;
        const isInside = popover.contains(document.activeElement) || document.activeElement === document.body;
        if (isInside) anchor.closest<HTMLElement>("[data-row]")?.focus();
        props.onClose();
      }}
    >
      <Switch fallback={<PartLoading />}>
        <Match when={part.module()} keyed>
          {({ default: Picker }) => <Picker onPick={pick} onClose={() => popover.hidePopover()} />}
        </Match>
        <Match when={part.failure()}>
          {(failure) => (
            <PartFailure failure={failure()} onTryAgain={part.tryAgain} onClose={() => popover.hidePopover()} />
          )}
        </Match>
      </Switch>
    </div>
  );
}
