/** `@name` and `#name` in text. */

/** The most characters a name has (src/parley/core/text.py), and some marks behind it. */
const RUN_CHARS = 40;
const NAME_RUN = new RegExp(`[\\p{L}\\p{N}\\p{Mn}\\p{Mc}_\\-.[\\]{}|^\`\\\\]{1,${RUN_CHARS}}`, "uy");
const MARK = /[_\-.[\]{}|^`\\]$/;

/**
 * The longest name beginning at `at` that is known; null if none is. Names may hold marks that are markup or punctuation
 * as well: only who is known tells where `@bob_.` ends. A name never ends before a letter or a digit.
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

/** The form in which names are compared, near enough to the server's for showing them. */
export function fold(name: string): string {
  return name.normalize("NFKC").toLowerCase();
}
