/** Finds the names of `@name` and `#name` in text. */
import { isSpacelessLetter } from "./spaceless";

/** How many characters are searched for a name: enough for the longest one (src/parley/core/text.py) with decomposed accents. */
const RUN_CHARS = 128;
const NAME_RUN = new RegExp(`[\\p{L}\\p{N}\\p{Mn}\\p{Mc}_\\-.[\\]{}|^\`\\\\]{1,${RUN_CHARS}}`, "uy");
const MARK = /^[_\-.[\]{}|^`\\]$/;

/**
 * The texts from `at` on that can be a name, the longest first. A name ends after the last letter, digit or punctuation that names
 * can have, or before a letter of a script without spaces. Punctuation at its end can also belong to the text around it.
 */
export function* namesAt(text: string, at: number): Generator<string> {
  NAME_RUN.lastIndex = at;
  const characters = [...(NAME_RUN.exec(text)?.[0] ?? "")];
  let ends = true;
  for (let length = characters.length; length > 0; length -= 1) {
    const following = characters[length];
    if (following !== undefined) ends = (ends && MARK.test(following)) || isSpacelessLetter(following);
    if (ends) yield characters.slice(0, length).join("");
  }
}

/** The longest known name that begins at `at`; null if there is none. In `@bob_.` the name can be `bob`, `bob_` or `bob_.`. */
export function knownName(text: string, at: number, known: (name: string) => boolean): string | null {
  for (const name of namesAt(text, at)) if (known(name)) return name;
  return null;
}
