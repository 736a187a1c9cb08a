/** Addresses in text: which of them can be links, and where an address without markup ends. */

// An address ends at white space, control characters, and bidirectional or invisible characters, which could make it look like
// another address.
const OUTSIDE =
  '\\s<>"`\\u0000-\\u001f\\u007f-\\u009f\\u00ad\\u061c\\u200b-\\u200f\\u2028-\\u202e\\u2060-\\u206f\\ufeff\\ufff9-\\ufffb';

// An address without markup also ends at non-ASCII quotation marks, brackets and punctuation: scripts that use these write no
// space after an address.
const NOT_ASCII = "(?![\\0-\\x7f])";
const SIGNS = "\\u2025\\u2026\\u22ef\\u275b-\\u275e\\u301c\\uff1c\\uff1e\\uff5c\\uff5e";
const PUNCTUATION = `${NOT_ASCII}[\\p{Quotation_Mark}\\p{Ps}\\p{Pe}\\p{Pi}\\p{Pf}\\p{Terminal_Punctuation}${SIGNS}]`;
const BARE = new RegExp(`https?://[\\p{L}\\p{N}\\[](?:(?!${PUNCTUATION})[^${OUTSIDE}])*`, "iuy");
const WHOLE = new RegExp(`^(?:https?://[\\p{L}\\p{N}\\[]|mailto:[^\\s@]+@)[^${OUTSIDE}]*$`, "iu");
const STYLES = /\*\*|~~|\|\|/;
// Style marks and punctuation at the end of an address belong to the text around it. The last two are Hebrew signs for quotations
// and abbreviations.
const TRAILING = ".,;:!?'*_~|\u05f3\u05f4";
const OPENING: Readonly<Record<string, string>> = { ")": "(", "]": "[", "}": "{" };

/** The address that begins at `at`, without punctuation after it; null if there is none. */
export function bareLink(text: string, at: number): string | null {
  BARE.lastIndex = at;
  const found = BARE.exec(text)?.[0];
  if (found === undefined) return null;
  const style = STYLES.exec(found);
  const address = withoutSurplus(style === null ? found : found.slice(0, style.index));
  let end = address.length;
  while (end > 0 && TRAILING.includes(address.charAt(end - 1))) end -= 1;
  const rest = address.slice(0, end);
  return isLink(rest) ? rest : null;
}

/** The address up to the first closing bracket that was not opened in it. */
function withoutSurplus(address: string): string {
  const open = new Map<string, number>();
  for (let at = 0; at < address.length; at += 1) {
    const character = address.charAt(at);
    const opening = OPENING[character];
    if (opening === undefined) {
      if ("([{".includes(character)) open.set(character, (open.get(character) ?? 0) + 1);
      continue;
    }
    const left = (open.get(opening) ?? 0) - 1;
    if (left < 0) return address.slice(0, at);
    open.set(opening, left);
  }
  return address;
}

/** Whether an address may be a link. All others, such as `javascript:` and `data:`, stay text. */
export function isLink(address: string): boolean {
  return WHOLE.test(address);
}
