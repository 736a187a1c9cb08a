/** Two names are the same if `fold` makes the same text of both. */

/**
 * The form in which names are compared: NFKC and full case folding, until it is stable, as `fold` in src/parley/core/text.py.
 * `tests/vectors/names.json` tests both.
 */
export function fold(name: string): string {
  const folded = caseFold(caseFold(name.normalize("NFKC")).normalize("NFKC"));
  return folded.normalize("NFKC");
}

/** Full case folding (Unicode Standard, section 3.13): unlike `toLowerCase`, it makes "ß" and "ẞ" "ss", and "ς" "σ". */
function caseFold(text: string): string {
  // ASCII has no special cases.
  if (/^[\0-\x7f]*$/.test(text)) return text.toLowerCase();
  let folded = "";
  for (const character of text) {
    if (character === "ı") folded += character;
    else if (character === "ẞ") folded += "ss";
    // Lower each character alone: in a whole word, `toLowerCase` makes the last "Σ" a "ς".
    else for (const upper of character.toUpperCase()) folded += upper.toLowerCase();
  }
  return folded;
}
