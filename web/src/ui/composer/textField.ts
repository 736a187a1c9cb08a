/** The composer's textarea: its text as a signal, and changes that the page makes to it. */
import { createSignal } from "solid-js";
import type { TextSelection } from "./format";

export type TextField = ReturnType<typeof createTextField>;

/** `onEdit` is called after each edit by the user. */
export function createTextField(initial: string, onEdit: () => void) {
  let element!: HTMLTextAreaElement;
  const [text, setText] = createSignal(initial);
  const [cursor, setCursor] = createSignal(0);
  const grow = (): void => {
    element.style.height = "auto";
    // An empty field has its height from the style sheet. Do not measure it: that would make the browser lay out the page.
    if (element.value !== "") element.style.height = `${element.scrollHeight + 2}px`;
  };
  const current = (): TextSelection => ({
    text: element.value,
    start: element.selectionStart,
    end: element.selectionEnd,
  });
  const typed = (): void => {
    setText(element.value);
    setCursor(element.selectionStart);
    grow();
    onEdit();
  };
  const edit = (to: TextSelection): void => {
    element.focus();
    const old = element.value;
    let from = 0;
    while (from < old.length && from < to.text.length && old[from] === to.text[from]) from += 1;
    let same = 0;
    while (
      same < old.length - from &&
      same < to.text.length - from &&
      old[old.length - 1 - same] === to.text[to.text.length - 1 - same]
    )
      same += 1;
    element.setSelectionRange(from, old.length - same);
    const piece = to.text.slice(from, to.text.length - same);
    const isSame = from === old.length - same && piece === "";
    const isDone = isSame || document.execCommand(piece === "" ? "delete" : "insertText", false, piece);
    if (!isDone || element.value !== to.text) element.value = to.text;
    element.setSelectionRange(to.start, to.end);
    typed();
  };
  return {
    /** Call once, when the element exists. */
    attach: (made: HTMLTextAreaElement): void => {
      element = made;
    },
    element: () => element,
    text,
    cursor,
    /** The text and the selection as they are now. */
    current,
    /** Replace the text, and put the cursor at its end. `onEdit` is not called. */
    set(value: string): void {
      element.value = value;
      element.setSelectionRange(value.length, value.length);
      setText(value);
      setCursor(value.length);
      grow();
    },
    /** Change the text as if the user had typed the change: `onEdit` is called, and the browser's undo works where possible. */
    edit,
    /** Replace the selection by a text. */
    insert(piece: string): void {
      const { text: old, start, end } = current();
      const at = start + piece.length;
      edit({ text: old.slice(0, start) + piece + old.slice(end), start: at, end: at });
    },
    /** Call when the user has typed: takes the text from the element. */
    typed,
    /** Call when the cursor may have moved. */
    moved: () => void setCursor(element.selectionStart),
  };
}
