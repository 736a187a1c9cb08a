/** Addresses in text: which may be links, and where an address without markup ends. */

// An address ends at white space, control characters, and bidirectional or invisible characters, which could make it look like
// another address.
const OUTSIDE =
  '\\s<>"`\\u0000-\\u001f\\u007f-\\u009f\\u00ad\\u061c\\u200b-\\u200f\\u2028-\\u202e\\u2060-\\u206f\\ufeff\\ufff9-\\ufffb';

const BARE = new RegExp(`https?://[\\p{L}\\p{N}\\[][^${OUTSIDE}]*`, "iuy");
const WHOLE = new RegExp(`^(?:https?://[\\p{L}\\p{N}\\[]|mailto:[^\\s@]+@)[^${OUTSIDE}]*$`, "iu");
// Marks and punctuation after an address belong to the text around it.
const STYLES = /\*\*|~~|\|\|/;
const TRAILING = ".,;:!?'*_~|…";
const CLOSING: Readonly<Record<string, string>> = { ")": "(", "]": "[", "}": "{" };

/** The address that begins at `at`, without punctuation after it; null if there is none. */
export function bareLink(text: string, at: number): string | null {
  BARE.lastIndex = at;
  const found = BARE.exec(text)?.[0];
  if (found === undefined) return null;
  const style = STYLES.exec(found);
  return trimmed(style === null ? found : found.slice(0, style.index));
}

function trimmed(address: string): string | null {
  let end = address.length;
  const surplus = new Map<string, number>();
  for (const [close, open] of Object.entries(CLOSING)) {
    surplus.set(close, count(address, close) - count(address, open));
  }
  while (end > 0) {
    const last = address.charAt(end - 1);
    const unopened = surplus.get(last) ?? 0;
    if (unopened > 0) surplus.set(last, unopened - 1);
    else if (!TRAILING.includes(last)) break;
    end -= 1;
  }
  const rest = address.slice(0, end);
  return isLink(rest) ? rest : null;
}

function count(text: string, character: string): number {
  let found = 0;
  for (let at = text.indexOf(character); at >= 0; at = text.indexOf(character, at + 1)) found += 1;
  return found;
}

/** Whether an address may be a link. All others, such as `javascript:` and `data:`, stay text. */
export function isLink(address: string): boolean {
  return WHOLE.test(address);
}
