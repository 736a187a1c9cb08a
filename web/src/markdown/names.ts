/** `@name` and `#name` in text. */

/** The longest name (src/parley/core/text.py), with some punctuation after it. */
const RUN_CHARS = 40;
const NAME_RUN = new RegExp(`[\\p{L}\\p{N}\\p{Mn}\\p{Mc}_\\-.[\\]{}|^\`\\\\]{1,${RUN_CHARS}}`, "uy");
const MARK = /[_\-.[\]{}|^`\\]$/;

/**
 * The longest known name that begins at `at`; null if there is none. Names may hold characters that are also markup or
 * punctuation, so only the known names tell where `@bob_.` ends. A name never ends before a letter or a digit.
 */
export function knownName(text: string, at: number, known: (name: string) => boolean): string | null {
  NAME_RUN.lastIndex = at;
  let name = NAME_RUN.exec(text)?.[0] ?? "";
  while (name !== "") {
    if (known(name)) return name;
    if (!MARK.test(name)) return null;
    name = name.slice(0, -1);
  }
  return null;
}

/** The form in which names are compared. Less strict than the server's, which is fine for display. */
export function fold(name: string): string {
  return name.normalize("NFKC").toLowerCase();
}
