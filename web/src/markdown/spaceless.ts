/** Whether a name or an address can begin at a place: not within a word, except in scripts that write words without spaces. */

// The characters of these scripts: the same table as in src/parley/core/unicode/spaceless.py, which explains it.
const SPACELESS =
  "\\u0e01-\\u0e3a\\u0e40-\\u0e4e\\u0e81-\\u0ece\\u0edc-\\u0edf\\u0f40-\\u0fbc\\u1000-\\u103f\\u1050-\\u108f\\u109a-\\u109d" +
  "\\u1780-\\u17d3\\u17d7\\u17dc\\u17dd\\u1950-\\u1974\\u1980-\\u19c9\\u1a20-\\u1a7c\\ua9e0-\\ua9ef\\ua9fa-\\ua9fe\\uaa60-\\uaadf" +
  "\\u2e80-\\u2fdf\\u3005-\\u3007\\u3021-\\u302d\\u3031-\\u3035\\u3038-\\u303c\\u3041-\\u309a\\u309d-\\u309f\\u30a1-\\u30fa\\u30fc-\\u30ff" +
  "\\u3105-\\u312f\\u31a0-\\u31bf\\u31f0-\\u31ff\\u3400-\\u4dbf\\u4e00-\\u9fff\\ua000-\\ua48c\\uf900-\\ufaff\\uff66-\\uff9f" +
  "\\u{17000}-\\u{18cff}\\u{1aff0}-\\u{1b16f}\\u{20000}-\\u{3fffd}" +
  "\\u1100-\\u11ff\\u302e\\u302f\\u3131-\\u318e\\ua960-\\ua97c\\uac00-\\ud7a3\\ud7b0-\\ud7fb\\uffa0-\\uffdc";

const IS_SPACELESS = new RegExp(`^[${SPACELESS}]$`, "u");
const IS_SPACELESS_LETTER = new RegExp(`^(?=\\p{L})[${SPACELESS}]$`, "u");
const IS_MARK = /^\p{M}$/u;
const IS_WORD = /^[\p{L}\p{N}]$/u;

/** Whether a character is a letter of a script without spaces. A name can end before it. */
export const isSpacelessLetter = (character: string): boolean => IS_SPACELESS_LETTER.test(character);

/** The character before `at`, not counting combining marks; empty at the beginning of the text. */
function before(text: string, at: number): string {
  for (let end = at; end > 0; ) {
    const low = text.charCodeAt(end - 1);
    const start = low >= 0xdc00 && low <= 0xdfff && end > 1 ? end - 2 : end - 1;
    const character = text.slice(start, end);
    if (!IS_MARK.test(character)) return character;
    end = start;
  }
  return "";
}

/** Whether a word can begin at `at`: the character before is no letter or digit, or is one of a script without spaces. */
export function isAtWord(text: string, at: number): boolean {
  const character = before(text, at);
  return !IS_WORD.test(character) || IS_SPACELESS.test(character);
}

/** Whether a name can begin at `at`: not within a word or an e-mail address. */
export function isAtName(text: string, at: number): boolean {
  return isAtWord(text, at) && !/^[_@#]$/.test(before(text, at));
}
