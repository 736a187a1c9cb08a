/** Handles the composer's keys, and replaces text as it is typed. */
import { engine } from "../../state";
import type { RoomId } from "../../sync/types";
import { matches } from "../parts/keyCombination";
import { scrollMessages } from "../places/landmarks";
import { spelledEmoji } from "./completion";
import { loadEmojiTable } from "./emojiModules";
import { isInFence, makeLink, nextLine, ownMark, type TextSelection, toggleMark } from "./format";
import { editLast, intent, setIntent } from "./intent";
import type { Sending } from "./sending";
import type { Suggestions } from "./suggestionState";
import type { TextField } from "./textField";

/** Milliseconds between two notices to the server that the user is typing. */
const TYPING_PAUSE = 3000;

/** Whether the device is likely to have only an on-screen keyboard. Its Enter key begins a new line instead of sending. */
export const isTouchOnly = (): boolean => matchMedia("(pointer: coarse) and (not (any-pointer: fine))").matches;

const FORMATS: Readonly<Record<string, (now: TextSelection) => TextSelection>> = {
  "Mod+B": (now) => toggleMark(now, "**"),
  "Mod+I": (now) => toggleMark(now, "*"),
  "Mod+E": (now) => toggleMark(now, "`"),
  "Mod+Shift+X": (now) => toggleMark(now, "~~"),
  "Mod+Shift+K": makeLink,
};

/** The text after the change that a key combination makes; null if it makes none. */
function formatted(event: KeyboardEvent, now: TextSelection): TextSelection | null {
  const keys = Object.keys(FORMATS).find((each) => matches(event, each));
  return keys === undefined ? null : (FORMATS[keys]?.(now) ?? null);
}

export function createKeyboard(room: RoomId, field: TextField, suggestions: Suggestions, sending: Sending) {
  /** The index at which the line begins whose list mark Enter has inserted; -1 if there is none. */
  let markedLine = -1;
  let typingSent = Number.NEGATIVE_INFINITY;

  /** Replace an emoji code that was typed in full (`:smile:`) by the emoji, except in code. */
  const replaceEmoji = async (): Promise<void> => {
    const element = field.element();
    const code = spelledEmoji(element.value, element.selectionStart);
    if (code === null || isInFence(element.value, element.selectionStart)) return;
    const character = (await loadEmojiTable("en"))?.of(code);
    const at = element.selectionStart;
    // While the table was loading, the user may have typed more.
    const from = element.value.lastIndexOf(`:${code}:`, at - code.length - 2);
    if (character === undefined || from < 0) return;
    const end = from + code.length + 2;
    const to = at + character.length - code.length - 2;
    field.edit({ text: element.value.slice(0, from) + character + element.value.slice(end), start: to, end: to });
  };

  const onInput = (event: InputEvent): void => {
    field.typed();
    sending.dismiss();
    const own = event.data === " " && markedLine >= 0 ? ownMark(field.current(), markedLine) : null;
    if (own !== null) field.edit(own);
    if (!event.isComposing) void replaceEmoji();
    suggestions.typed();
    const { value } = field.element();
    if (performance.now() - typingSent > TYPING_PAUSE && value.trim() !== "" && !value.startsWith("/")) {
      typingSent = performance.now();
      engine.isTyping(room);
    }
  };

  const enter = (event: KeyboardEvent): void => {
    const { text, start } = field.current();
    const isSending = event.ctrlKey || event.metaKey || (!event.shiftKey && !isTouchOnly() && !isInFence(text, start));
    if (isSending) {
      event.preventDefault();
      void sending.send();
      return;
    }
    const next = nextLine(field.current());
    if (next === null) return;
    event.preventDefault();
    field.edit(next);
    markedLine = next.text.lastIndexOf("\n", next.start - 1) + 1;
  };

  const onKeyDown = (event: KeyboardEvent): void => {
    if (suggestions.keyDown(event)) return;
    const hasModifier = event.altKey || event.ctrlKey || event.metaKey || event.shiftKey;
    const element = field.element();
    if (event.key === "Escape" && sending.dismiss()) {
      event.preventDefault();
      event.stopPropagation();
    } else if (event.key === "Escape" && intent() !== null) {
      event.preventDefault();
      event.stopPropagation();
      setIntent(null);
    } else if (!hasModifier && event.key === "ArrowUp" && element.value === "" && intent() === null) {
      if (editLast(room)) event.preventDefault();
    } else if (!hasModifier && /^Page(Up|Down)$/.test(event.key) && element.scrollHeight <= element.clientHeight) {
      event.preventDefault();
      scrollMessages(event.key === "PageUp" ? -1 : 1);
    } else if (event.key === "Enter" && !event.altKey) enter(event);
    else {
      const changed = formatted(event, field.current());
      if (changed === null) return;
      event.preventDefault();
      event.stopPropagation();
      field.edit(changed);
    }
  };
  return { onInput, onKeyDown };
}
