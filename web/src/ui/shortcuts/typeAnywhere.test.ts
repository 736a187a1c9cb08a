// @vitest-environment happy-dom
import { afterEach, expect, test } from "vitest";
import { startTyping } from "./typeAnywhere";

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
  // Also with the focus on a button or a message, but not in another field or in a menu.
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
