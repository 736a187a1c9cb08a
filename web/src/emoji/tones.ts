/** Skin tones. `src/parley/core/emoji.py` has the same function; `tests/vectors/emoji.json` tests both. */

const TONE = /[\u{1f3fb}-\u{1f3ff}]/gu;
/** Characters with skin tones that have U+FE0F without one. New emoji need none, so no later version adds to them. */
const PLAIN = /([\u261d\u26f9\u270c\u270d\u{1f3cb}\u{1f3cc}\u{1f574}\u{1f575}\u{1f590}])[\u{1f3fb}-\u{1f3ff}]/gu;

/** Two people with different skin tones are a sequence that is not an emoji without them (UTS #51, section 2.6.2). */
const PAIRS: ReadonlyMap<string, string> = new Map([
  ["👨\u200d🤝\u200d👨", "👬"],
  ["👩\u200d🤝\u200d👨", "👫"],
  ["👩\u200d🤝\u200d👩", "👭"],
  ["🧑\u200d❤\ufe0f\u200d🧑", "💑"],
  ["🧑\u200d❤\ufe0f\u200d💋\u200d🧑", "💏"],
  ["🫱\u200d🫲", "🤝"],
  ["🧑\u200d🐰\u200d🧑", "👯"],
  ["👨\u200d🐰\u200d👨", "👯\u200d♂\ufe0f"],
  ["👩\u200d🐰\u200d👩", "👯\u200d♀\ufe0f"],
  ["🧑\u200d\u{1faef}\u200d🧑", "🤼"],
  ["👨\u200d\u{1faef}\u200d👨", "🤼\u200d♂\ufe0f"],
  ["👩\u200d\u{1faef}\u200d👩", "🤼\u200d♀\ufe0f"],
]);

/** An emoji in the server's spelling, without its skin tones. */
export function baseOf(emoji: string): string {
  const bare = emoji.replace(PLAIN, "$1\ufe0f").replace(TONE, "");
  return bare === emoji ? emoji : (PAIRS.get(bare) ?? bare);
}
