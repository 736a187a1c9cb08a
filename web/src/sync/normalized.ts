/**
 * A message's text as the server stores it. `src/parley/core/text.py` has the same functions; `tests/vectors/texts.json` tests
 * both.
 */

const LINE_BREAK = /\r\n|[\r\v\f\u0085\u2028\u2029]/g;
// biome-ignore lint/suspicious/noControlCharactersInRegex: these are the characters to remove.
const CONTROL = /[\x00-\x08\x0e-\x1f\x7f-\x9f]/g;
const SURROGATE = /\p{Surrogate}/gu;
// White space, controls, and what src/parley/core/unicode/invisible.py lists.
const VISIBLE =
  /[^\s\p{Cc}\p{Default_Ignorable_Code_Point}\u2800\ufff9-\ufffb\u{13430}-\u{1343f}\u{13441}\u{13442}\u{16fe4}\u{1d159}]/u;

/**
 * The text with one newline for each line break of any kind, without control characters except tab, and with U+FFFD for each
 * lone surrogate, which can't be encoded.
 */
export function normalized(text: string): string {
  return text.replace(LINE_BREAK, "\n").replace(CONTROL, "").replace(SURROGATE, "\uFFFD");
}

/** Whether a text shows anything. The server stores no message that does not. */
export function isVisible(text: string): boolean {
  return VISIBLE.test(text);
}
