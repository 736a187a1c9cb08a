import { describe, expect, test } from "vitest";
import { isAltGr, keyOfShortcut, matches, shownKeys } from "./keyCombination";

const key = (name: string, held: Partial<KeyboardEvent> = {}): KeyboardEvent =>
  ({ key: name, ctrlKey: false, metaKey: false, altKey: false, shiftKey: false, code: "", ...held }) as KeyboardEvent;

/** AltGr is held. */
const altGr = { getModifierState: (name: string) => name === "AltGraph" } as Partial<KeyboardEvent>;

describe("keys", () => {
  test("match only with exactly these modifiers", () => {
    expect(matches(key("k", { ctrlKey: true }), "Mod+K", false)).toBe(true);
    expect(matches(key("k", { ctrlKey: true, shiftKey: true }), "Mod+K", false)).toBe(false);
    expect(matches(key("k"), "Mod+K", false)).toBe(false);
    expect(matches(key("ArrowDown", { altKey: true }), "Alt+ArrowDown", false)).toBe(true);
    expect(matches(key("ArrowDown", { altKey: true, shiftKey: true }), "Alt+ArrowDown", false)).toBe(false);
  });

  test("use Command on Apple computers", () => {
    expect(matches(key("k", { metaKey: true }), "Mod+K", true)).toBe(true);
    expect(matches(key("k", { ctrlKey: true }), "Mod+K", true)).toBe(false);
    expect(shownKeys("Mod+Shift+K", true)).toEqual(["⌘", "⇧", "K"]);
    expect(shownKeys("Alt+ArrowUp", false)).toEqual(["Alt", "↑"]);
  });

  test("for signs such as ? match on every keyboard layout", () => {
    expect(matches(key("?", { shiftKey: true }), "?", false)).toBe(true);
    expect(matches(key("?"), "?", false)).toBe(true);
    expect(matches(key("/", { ctrlKey: true, shiftKey: true }), "Mod+/", false)).toBe(true);
  });
});

describe("shortcuts on other keyboard layouts", () => {
  /** The layout, what the key writes, the physical key, and the key of the shortcut. */
  test.each([
    ["US", "k", "KeyK", "k"],
    ["US with Caps Lock", "K", "KeyK", "k"],
    ["Russian", "л", "KeyK", "k"],
    ["Russian with Caps Lock", "Л", "KeyK", "k"],
    ["Russian", "б", "Comma", ","],
    ["Ukrainian", "и", "KeyB", "b"],
    ["Greek", "κ", "KeyK", "k"],
    ["Hebrew", "ל", "KeyK", "k"],
    ["Hebrew", "ת", "Comma", ","],
    ["Arabic", "ن", "KeyK", "k"],
    ["Arabic, two letters on a key", "لا", "KeyB", "b"],
    ["Arabic", "ظ", "Slash", "/"],
    ["Korean", "ㅏ", "KeyK", "k"],
    ["Thai", "า", "KeyK", "k"],
    ["Hindi, a combining sign", "ि", "KeyF", "f"],
    ["AZERTY", "a", "KeyQ", "a"],
    ["AZERTY", ",", "KeyM", ","],
    ["AZERTY", "&", "Digit1", "1"],
    ["AZERTY", "é", "Digit2", "2"],
    ["Persian", "۳", "Digit3", "3"],
    ["QWERTZ", "z", "KeyY", "z"],
    ["QWERTZ", "-", "Slash", "-"],
    ["Dvorak", "x", "KeyB", "x"],
    ["Dvorak", ".", "KeyE", "."],
    ["Dvorak", ",", "KeyW", ","],
    ["Dvorak", "w", "Comma", "w"],
    ["Turkish F", "ğ", "KeyE", "ğ"],
    ["Turkish Q", "ı", "KeyI", "i"],
    ["Turkish Q", "İ", "Quote", "i"],
    ["full-width Latin", "ｋ", "KeyK", "k"],
    ["a keyboard without codes", "k", "", "k"],
  ])("%s: %s on %s is %s", (_, written, code, expected) => {
    expect(keyOfShortcut(key(written, { code, ctrlKey: true }), false)).toBe(expected);
  });

  test("Ctrl and Command work on every layout, and exactly once", () => {
    expect(matches(key("л", { code: "KeyK", ctrlKey: true }), "Mod+K", false)).toBe(true);
    expect(matches(key("л", { code: "KeyK", metaKey: true }), "Mod+K", true)).toBe(true);
    expect(matches(key("Л", { code: "KeyK", ctrlKey: true, shiftKey: true }), "Mod+Shift+K", false)).toBe(true);
    expect(matches(key("т", { code: "KeyN", altKey: true }), "Alt+N", false)).toBe(true);
    // The key labelled K on the US layout writes T on Dvorak.
    expect(matches(key("t", { code: "KeyK", ctrlKey: true }), "Mod+K", false)).toBe(false);
    expect(matches(key("k", { code: "KeyV", ctrlKey: true }), "Mod+K", false)).toBe(true);
  });

  test("Option changes the letter on Apple computers", () => {
    expect(matches(key("Dead", { code: "KeyN", altKey: true }), "Alt+N", true)).toBe(true);
    expect(matches(key("®", { code: "KeyR", altKey: true }), "Alt+R", true)).toBe(true);
    expect(matches(key("π", { code: "KeyP", altKey: true }), "Alt+P", true)).toBe(true);
  });

  test("AltGr is neither Ctrl nor Alt", () => {
    expect(matches(key("ń", { code: "KeyN", altKey: true, ...altGr }), "Alt+N", false)).toBe(false);
    expect(matches(key("n", { code: "KeyN", altKey: true, ...altGr }), "Alt+N", false)).toBe(false);
    expect(matches(key("k", { code: "KeyK", ctrlKey: true, altKey: true, ...altGr }), "Mod+K", false)).toBe(false);
    expect(matches(key("?", { code: "Minus", ctrlKey: true, altKey: true, ...altGr }), "?", false)).toBe(true);
    // Firefox reports Option as AltGr.
    expect(isAltGr(key("n", altGr), true)).toBe(false);
    expect(matches(key("Dead", { code: "KeyN", altKey: true, ...altGr }), "Alt+N", true)).toBe(true);
  });

  test("a letter without Ctrl or Alt is text", () => {
    expect(matches(key("ظ", { code: "Slash" }), "/", false)).toBe(false);
  });
});
