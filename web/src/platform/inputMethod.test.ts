// @vitest-environment happy-dom
import { afterEach, beforeEach, expect, test } from "vitest";
import { onInputMethodKey, startInputMethodFilter } from "./inputMethod";

let end: () => void;
let field: HTMLInputElement;
/** The keys that a handler of the field, of the document, and of the window's capture phase has seen. */
let seen: string[];

const see = (event: KeyboardEvent): void => void seen.push(event.key);
const press = (init: KeyboardEventInit): KeyboardEvent => {
  const event = new KeyboardEvent("keydown", { bubbles: true, cancelable: true, ...init });
  // happy-dom has no key codes.
  Object.defineProperty(event, "keyCode", { value: init.keyCode ?? 0 });
  field.dispatchEvent(event);
  return event;
};

beforeEach(() => {
  end = startInputMethodFilter();
  seen = [];
  field = document.body.appendChild(document.createElement("input"));
  field.addEventListener("keydown", see);
  document.addEventListener("keydown", see);
  window.addEventListener("keydown", see, true);
});
afterEach(() => {
  end();
  document.removeEventListener("keydown", see);
  window.removeEventListener("keydown", see, true);
  document.body.replaceChildren();
});

test("no handler of the page sees the keys of an input method, and the browser's own handling is not prevented", () => {
  const keys: KeyboardEventInit[] = [
    { key: "Enter", keyCode: 229, isComposing: true },
    { key: "Enter", keyCode: 13, isComposing: true },
    // the keydown that Safari dispatches after compositionend
    { key: "Enter", keyCode: 229, isComposing: false },
    { key: "Escape", keyCode: 229, isComposing: true },
    { key: "ArrowDown", keyCode: 229, isComposing: true },
    { key: "Process", keyCode: 229, code: "KeyK", ctrlKey: true },
  ];
  for (const each of keys) expect(press(each).defaultPrevented).toBe(false);
  expect(seen).toEqual([]);
  press({ key: "Enter", keyCode: 13 });
  expect(seen).toEqual(["Enter", "Enter", "Enter"]);
});

test("a keydown without a key, from a stored password, reaches no handler", () => {
  const event = new Event("keydown", { bubbles: true });
  field.dispatchEvent(event);
  expect(seen).toEqual([]);
});

test("onInputMethodKey reports the keys of input methods", () => {
  const told: string[] = [];
  const stop = onInputMethodKey((event) => told.push(event.key));
  press({ key: "Process", keyCode: 229 });
  stop();
  press({ key: "Process", keyCode: 229 });
  expect(told).toEqual(["Process"]);
});
