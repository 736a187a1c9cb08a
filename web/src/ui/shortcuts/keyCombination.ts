/**
 * Key combinations as text: `Mod+K`, `Alt+Shift+ArrowUp`, `?`. `Mod` is the command key on Apple's machines and Ctrl on all
 * others. A sign that is typed with Shift on some keyboards and without on others (`?`, `/`) is compared as what it writes.
 */

export interface Combination {
  mod: boolean;
  alt: boolean;
  shift: boolean;
  key: string;
}

export const isApple = typeof navigator !== "undefined" && /mac|iphone|ipad/i.test(navigator.platform);

export function parseKeys(keys: string): Combination {
  const parts = keys.split("+");
  const key = parts.pop() ?? "";
  return {
    mod: parts.includes("Mod"),
    alt: parts.includes("Alt"),
    shift: parts.includes("Shift"),
    key: key.toLowerCase(),
  };
}

type Pressed = Pick<KeyboardEvent, "key" | "ctrlKey" | "metaKey" | "altKey" | "shiftKey"> & { code?: string };

export function matches(pressed: Pressed, keys: string, apple = isApple): boolean {
  const wanted = parseKeys(keys);
  const mod = apple ? pressed.metaKey : pressed.ctrlKey;
  const other = apple ? pressed.ctrlKey : pressed.metaKey;
  if (other || mod !== wanted.mod || pressed.altKey !== wanted.alt) return false;
  const key = pressed.key.toLowerCase();
  const sign = wanted.key.length === 1 && !/[a-z0-9]/.test(wanted.key);
  if (!sign && pressed.shiftKey !== wanted.shift) return false;
  if (key === wanted.key) return true;
  // With Alt, Apple's keyboards write other letters: then the place of the key counts.
  return wanted.alt && /^[a-z]$/.test(wanted.key) && pressed.code === `Key${wanted.key.toUpperCase()}`;
}

const SIGNS: Readonly<Record<string, string>> = {
  arrowup: "↑",
  arrowdown: "↓",
  arrowleft: "←",
  arrowright: "→",
  escape: "Esc",
  enter: "Enter",
};

/** As people read it, one text for each key to press. */
export function shownKeys(keys: string, apple = isApple): readonly string[] {
  const { mod, alt, shift, key } = parseKeys(keys);
  const shown = SIGNS[key] ?? (key.length === 1 ? key.toUpperCase() : key.charAt(0).toUpperCase() + key.slice(1));
  return [
    ...(mod ? [apple ? "⌘" : "Ctrl"] : []),
    ...(alt ? [apple ? "⌥" : "Alt"] : []),
    ...(shift ? [apple ? "⇧" : "Shift"] : []),
    shown,
  ];
}
