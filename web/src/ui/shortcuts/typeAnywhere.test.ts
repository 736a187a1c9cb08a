// @vitest-environment happy-dom
import { afterEach, expect, test } from "vitest";
import { startInputMethodFilter } from "../../platform/inputMethod";
import { startTyping, writesText } from "./typeAnywhere";

afterEach(() => document.body.replaceChildren());

test("typing outside of fields moves the focus to the composer", () => {
  const stop = startTyping();
  const composer = document.createElement("div");
  composer.id = "composer";
  const field = composer.appendChild(document.createElement("textarea"));
  const other = document.createElement("button");
  document.body.append(composer, other);
  const press = (init: KeyboardEventInit): boolean => {
    document.activeElement?.dispatchEvent(new KeyboardEvent("keydown", { bubbles: true, cancelable: true, ...init }));
    return document.activeElement === field;
  };
  expect(press({ key: "ArrowDown" })).toBe(false);
  expect(press({ key: " " })).toBe(false);
  expect(press({ key: "c", ctrlKey: true })).toBe(false);
  expect(press({ key: "h" })).toBe(true);
  // The focus moves also from a button or a message, but not from another field or a menu.
  other.focus();
  expect(press({ key: " " })).toBe(false);
  expect(press({ key: "h" })).toBe(true);
  const menu = document.body.appendChild(document.createElement("div"));
  menu.setAttribute("role", "menu");
  const item = menu.appendChild(document.createElement("button"));
  const search = document.body.appendChild(document.createElement("input"));
  for (const takes of [item, search]) {
    takes.focus();
    expect(press({ key: "h" })).toBe(false);
    takes.blur();
  }
  const dialog = document.body.appendChild(document.createElement("dialog"));
  dialog.setAttribute("open", "");
  expect(press({ key: "h" })).toBe(false);
  dialog.remove();
  expect(press({ key: "ü" })).toBe(true);
  stop();
});

test("the first key of an input method, a dead key and AltGr characters move the focus", () => {
  const ends = [startInputMethodFilter(), startTyping()];
  const composer = document.createElement("div");
  composer.id = "composer";
  const field = composer.appendChild(document.createElement("textarea"));
  document.body.append(composer);
  const press = (init: KeyboardEventInit): boolean => {
    field.blur();
    const event = new KeyboardEvent("keydown", { bubbles: true, cancelable: true, ...init });
    Object.defineProperty(event, "keyCode", { value: init.keyCode ?? 0 });
    document.body.dispatchEvent(event);
    expect(event.defaultPrevented).toBe(false);
    return document.activeElement === field;
  };
  expect(press({ key: "Process", code: "KeyN", keyCode: 229 })).toBe(true);
  expect(press({ key: "n", code: "KeyN", keyCode: 229 })).toBe(true);
  expect(press({ key: "Dead", code: "Equal" })).toBe(true);
  expect(press({ key: "Dead", code: "Equal", keyCode: 229 })).toBe(true);
  expect(press({ key: "Process", code: "KeyC", keyCode: 229, ctrlKey: true })).toBe(false);
  for (const end of ends) end();
});

test("text is what a key writes, on every layout", () => {
  const key = (name: string, held: Partial<KeyboardEvent> = {}) =>
    ({ key: name, ctrlKey: false, metaKey: false, altKey: false, shiftKey: false, ...held }) as KeyboardEvent;
  const altGr = { getModifierState: (name: string) => name === "AltGraph" } as Partial<KeyboardEvent>;
  for (const each of ["a", "л", "لا", "你", "ü", "?", "Dead", "Process", "Compose"])
    expect(writesText(key(each), false)).toBe(true);
  for (const each of [" ", "Enter", "F5", "Escape", "AltGraph", "Shift", "Tab", "Unidentified"])
    expect(writesText(key(each), false)).toBe(false);
  expect(writesText(key("@", { ctrlKey: true, altKey: true, ...altGr }), false)).toBe(true);
  expect(writesText(key("f", { altKey: true }), false)).toBe(false);
  expect(writesText(key("@", { altKey: true }), true)).toBe(true);
  expect(writesText(key("c", { metaKey: true }), true)).toBe(false);
});
