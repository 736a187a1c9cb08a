/**
 * Key combinations as text: `Mod+K`, `Alt+Shift+ArrowUp`, `?`. `Mod` is Command on Apple computers and Ctrl on others. For signs
 * such as `?` and `/`, Shift is ignored, because keyboard layouts differ in whether they need it.
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
  // On Apple computers Alt changes the letter: compare the physical key.
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

/** The keys of a combination as they are labelled, one text per key. */
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
