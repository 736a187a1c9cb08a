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

/** The fields of a `keydown` event that are needed to recognize a key combination. */
export type KeyPress = Pick<KeyboardEvent, "key" | "ctrlKey" | "metaKey" | "altKey" | "shiftKey"> & {
  code?: string;
  getModifierState?: (key: string) => boolean;
};

/** Whether AltGr is held. It writes characters, so it counts as neither Ctrl nor Alt. Always false on Apple computers, where
 * Firefox reports Option as AltGr. */
export const isAltGr = (pressed: KeyPress, apple = isApple): boolean =>
  !apple && (pressed.getModifierState?.("AltGraph") ?? false);

/** The signs on some physical keys of the US layout, by `KeyboardEvent.code`. */
const SIGN_CODES: Readonly<Record<string, string>> = { Comma: ",", Slash: "/" };

/**
 * The pressed key for comparison with a shortcut, in lower case: what the key writes. If that is not a Latin letter (Cyrillic,
 * for example), the label of the same physical key on the US layout. So Ctrl-K is the key labelled K on AZERTY and Dvorak; on a
 * Cyrillic layout it is the key that is K on the US layout.
 */
export function keyOfShortcut(pressed: KeyPress, apple = isApple): string {
  const key = pressed.key.normalize("NFKC").toLowerCase();
  const code = pressed.code ?? "";
  const digit = /^Digit([0-9])$/.exec(code)?.[1];
  // On AZERTY and Czech keyboards the keys of digits write other characters without Shift.
  if (digit !== undefined && !/^[a-z0-9]$/.test(key) && !pressed.shiftKey) return digit;
  const letter = /^Key([A-Z])$/.exec(code)?.[1]?.toLowerCase();
  // On Apple computers, Option makes letter keys write other characters.
  if (apple && pressed.altKey && letter !== undefined && !/^[a-z]$/.test(key)) return letter;
  // Turkish keyboards have a dotless and a dotted I, on two keys.
  if (key === "ı" || key === "i̇") return "i";
  const isForeign = /[^\0-\x7f]/.test(key) && !/\p{Script=Latin}/u.test(key);
  return isForeign ? (letter ?? SIGN_CODES[code] ?? key) : key;
}

/** Whether the combination `keys` (for example `Mod+K`) was pressed. */
export function matches(pressed: KeyPress, keys: string, apple = isApple): boolean {
  const wanted = parseKeys(keys);
  const altGr = isAltGr(pressed, apple);
  const mod = !altGr && (apple ? pressed.metaKey : pressed.ctrlKey);
  const other = !altGr && (apple ? pressed.ctrlKey : pressed.metaKey);
  const alt = !altGr && pressed.altKey;
  if (other || mod !== wanted.mod || alt !== wanted.alt) return false;
  const isSign = wanted.key.length === 1 && !/[a-z0-9]/.test(wanted.key);
  if (!isSign && pressed.shiftKey !== wanted.shift) return false;
  if (pressed.key.toLowerCase() === wanted.key) return true;
  // Without Ctrl or Alt the key writes text: then only what it writes counts, not its label on the US layout.
  return (wanted.mod || wanted.alt) && keyOfShortcut(pressed, apple) === wanted.key;
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
