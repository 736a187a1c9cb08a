/**
 * The one registry of what can be done: the palette offers it, the page of shortcuts lists it, and the key handler does it.
 */
import { createSignal } from "solid-js";
import { matches } from "./keyCombination";

export type Section = "going" | "reading" | "writing" | "people" | "page";

export interface Action {
  id: string;
  /** As a person would say it; called anew whenever it is shown, for the language may change. */
  title: () => string;
  section: Section;
  /** Combinations as in keys.ts; the first is the one that is shown first. */
  keys?: readonly string[];
  /** Left out: something that a component does itself, such as Enter in the composer. It is listed and not offered. */
  run?: () => void;
  /** Whether it can be done now; left out: always. */
  when?: () => boolean;
  /** Also while one is typing. For combinations that write nothing. */
  whileTyping?: boolean;
  /** Kept out of the palette: it only makes sense as a key. */
  keyOnly?: boolean;
}

const [registered, setRegistered] = createSignal<readonly Action[]>([]);

/** All actions, in the order in which they came. */
export const actions = registered;

/** Add actions; one of the same id is replaced. Returns what takes them away again. */
export function register(...added: readonly Action[]): () => void {
  const ids = new Set(added.map((action) => action.id));
  setRegistered((now) => [...now.filter((action) => !ids.has(action.id)), ...added]);
  return () => setRegistered((now) => now.filter((action) => !added.includes(action)));
}

export function possible(action: Action): boolean {
  return action.run !== undefined && (action.when?.() ?? true);
}

/** Whether keys that are pressed there write something. */
export function isTyping(target: EventTarget | null): boolean {
  if (typeof HTMLElement === "undefined" || !(target instanceof HTMLElement)) return false;
  if (target.isContentEditable || target instanceof HTMLTextAreaElement || target instanceof HTMLSelectElement)
    return true;
  return (
    target instanceof HTMLInputElement &&
    !["checkbox", "radio", "button", "submit", "range", "color"].includes(target.type)
  );
}

/** The action that a pressed key asks for, if any. */
export function actionFor(event: KeyboardEvent, typing: boolean): Action | undefined {
  return registered().find(
    (action) =>
      possible(action) &&
      (!typing || action.whileTyping === true) &&
      (action.keys ?? []).some((keys) => matches(event, keys)),
  );
}

/** Do what keys ask for, wherever the focus is, but under an open dialog. */
export function startKeys(): () => void {
  const pressed = (event: KeyboardEvent): void => {
    if (event.defaultPrevented || event.isComposing) return;
    if (event.target instanceof Element && event.target.closest("dialog, [popover]")) return;
    const action = actionFor(event, isTyping(event.target));
    if (!action) return;
    event.preventDefault();
    action.run?.();
  };
  document.addEventListener("keydown", pressed);
  return () => document.removeEventListener("keydown", pressed);
}
