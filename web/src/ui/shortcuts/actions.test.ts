// @vitest-environment happy-dom
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { actionFor, actions, register, startKeys } from "./actions";

const key = (name: string, held: Partial<KeyboardEvent> = {}): KeyboardEvent =>
  ({ key: name, ctrlKey: false, metaKey: false, altKey: false, shiftKey: false, code: "", ...held }) as KeyboardEvent;

describe("the registry", () => {
  let end: () => void;
  const help = vi.fn();
  const palette = vi.fn();
  let possible = true;
  beforeEach(() => {
    possible = true;
    end = register(
      { id: "help", title: () => "Help", section: "page", keys: ["?"], run: help },
      {
        id: "palette",
        title: () => "Palette",
        section: "going",
        keys: ["Mod+K"],
        whileTyping: true,
        run: palette,
        when: () => possible,
      },
      { id: "send", title: () => "Send", section: "writing", keys: ["Enter"] },
    );
  });
  afterEach(() => {
    end();
    help.mockClear();
    palette.mockClear();
  });

  test("finds the action of a key, unless the user is typing", () => {
    expect(actionFor(key("?"), false)?.id).toBe("help");
    expect(actionFor(key("?"), true)).toBeUndefined();
    expect(actionFor(key("k", { ctrlKey: true }), true)?.id).toBe("palette");
  });

  test("ignores actions that are not possible, or that components handle", () => {
    possible = false;
    expect(actionFor(key("k", { ctrlKey: true }), false)).toBeUndefined();
    expect(actionFor(key("Enter"), false)).toBeUndefined();
  });

  test("replaces an action of the same id, and removes actions", () => {
    const again = register({ id: "help", title: () => "Help!", section: "page", keys: ["F1"] });
    expect(actions().filter((action) => action.id === "help")).toHaveLength(1);
    again();
    expect(actions().some((action) => action.id === "help")).toBe(false);
  });

  test("keys run actions once, and not in a dialog", () => {
    const stop = startKeys();
    const press = (at: Element, init: KeyboardEventInit): KeyboardEvent => {
      const event = new KeyboardEvent("keydown", { bubbles: true, cancelable: true, ...init });
      at.dispatchEvent(event);
      return event;
    };
    const field = document.createElement("textarea");
    const dialog = document.createElement("dialog");
    const inDialog = document.createElement("button");
    dialog.append(inDialog);
    document.body.append(field, dialog);

    expect(press(document.body, { key: "?" }).defaultPrevented).toBe(true);
    expect(help).toHaveBeenCalledTimes(1);
    press(field, { key: "?" });
    press(inDialog, { key: "?" });
    expect(help).toHaveBeenCalledTimes(1);
    press(field, { key: "k", ctrlKey: true });
    expect(palette).toHaveBeenCalledTimes(1);

    stop();
    press(document.body, { key: "?" });
    expect(help).toHaveBeenCalledTimes(1);
  });
});
