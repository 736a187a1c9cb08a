/** The registry of the page's actions. The palette offers them, the list of shortcuts shows them, and their keys run them. */
import { createSignal } from "solid-js";
import { matches } from "../parts/keyCombination";

export type Section = "going" | "reading" | "writing" | "people" | "page";

export interface Action {
  id: string;
  /** The text for the user. A function, because the language may change. */
  title: () => string;
  section: Section;
  /** Key combinations (see parts/keyCombination.ts), the main one first. */
  keys?: readonly string[];
  /** Runs the action. Without it, the action only appears in the list of shortcuts: a component handles its keys itself. */
  run?: () => void;
  /** Whether the action is possible now; without it, the action always is. */
  when?: () => boolean;
  /** Whether the keys work while the user is typing. */
  whileTyping?: boolean;
  /** Whether the palette leaves it out. */
  keyOnly?: boolean;
}

const [registered, setRegistered] = createSignal<readonly Action[]>([]);

/** All actions, in the order in which they were registered. */
export const actions = registered;

/** Add actions; an action of the same id is replaced. Returns a function that removes them. */
export function register(...added: readonly Action[]): () => void {
  const ids = new Set(added.map((action) => action.id));
  setRegistered((now) => [...now.filter((action) => !ids.has(action.id)), ...added]);
  return () => setRegistered((now) => now.filter((action) => !added.includes(action)));
}

export function possible(action: Action): boolean {
  return action.run !== undefined && (action.when?.() ?? true);
}

/** Whether keys that are pressed in an element write text. */
export function isTyping(target: EventTarget | null): boolean {
  if (typeof HTMLElement === "undefined" || !(target instanceof HTMLElement)) return false;
  if (target.isContentEditable || target instanceof HTMLTextAreaElement || target instanceof HTMLSelectElement)
    return true;
  return (
    target instanceof HTMLInputElement &&
    !["checkbox", "radio", "button", "submit", "range", "color"].includes(target.type)
  );
}

/** The action that a key event runs; `typing`: whether the user is typing in a field. */
export function actionFor(event: KeyboardEvent, typing: boolean): Action | undefined {
  return registered().find(
    (action) =>
      possible(action) &&
      (!typing || action.whileTyping === true) &&
      (action.keys ?? []).some((keys) => matches(event, keys)),
  );
}

/** Run actions by their keys, unless the focus is in a dialog or menu. Returns a function that removes the handler. */
export function startKeys(): () => void {
  const pressed = (event: KeyboardEvent): void => {
    if (event.defaultPrevented) return;
    if (event.target instanceof Element && event.target.closest("dialog, [popover]")) return;
    const action = actionFor(event, isTyping(event.target));
    if (!action) return;
    event.preventDefault();
    action.run?.();
  };
  document.addEventListener("keydown", pressed);
  return () => document.removeEventListener("keydown", pressed);
}
