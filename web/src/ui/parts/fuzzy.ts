/** Fuzzy search: letters match in order, best at the beginnings of words and next to each other. */

export interface Match {
  /** The higher the better. */
  score: number;
  /** The positions of the typed letters in the name, in UTF-16 units. */
  at: readonly number[];
}

/** Lower case, without accents. */
export const unaccented = (text: string): string => text.normalize("NFD").replace(/\p{M}/gu, "").toLowerCase();

/** Match `typed` against `name`; null if not all letters are in it in this order. Ignores case and accents. */
export function match(typed: string, name: string): Match | null {
  const wanted = unaccented(typed).replace(/[\s#@]+/g, "");
  if (!wanted) return { score: 0, at: [] };
  const folded = [...name].flatMap((character) => {
    const plain = unaccented(character);
    return plain ? [plain] : [""];
  });
  const places: number[] = [];
  let place = 0;
  for (const character of name) {
    places.push(place);
    place += character.length;
  }
  const beginning = (index: number): boolean => index === 0 || /[\s._\-#@/[\]{}|]/.test([...name][index - 1] ?? "");

  let best: Match | null = null;
  const letters = [...wanted];
  // Try each occurrence of the first letter: names are short.
  for (let start = 0; start < folded.length; start++) {
    if (folded[start] !== letters[0]) continue;
    const at: number[] = [];
    let score = 0;
    let from = start;
    for (const letter of letters) {
      let found = -1;
      for (let index = from; index < folded.length; index++) {
        if (folded[index] !== letter) continue;
        // A later occurrence at the beginning of a word is better than one inside a word.
        if (found < 0) found = index;
        if (index === from || beginning(index)) {
          found = index;
          break;
        }
      }
      if (found < 0) break;
      if (beginning(found)) score += 8;
      if (found === (at.at(-1) ?? -2) + 1) score += 6;
      else if (at.length > 0) score -= Math.min(found - (at.at(-1) ?? 0), 6);
      at.push(found);
      from = found + 1;
    }
    if (at.length < letters.length) {
      continue;
    }
    score += at[0] === 0 ? 6 : 0;
    score -= Math.min((folded.length - letters.length) / 4, 5);
    if (!best || score > best.score) best = { score, at: at.map((index) => places[index] ?? 0) };
  }
  return best;
}

/** The matching items, best first. Equal matches keep their order. */
export function rank<T>(typed: string, items: readonly T[], nameOf: (item: T) => string): { item: T; match: Match }[] {
  return items
    .map((item) => ({ item, match: match(typed, nameOf(item)) }))
    .filter((found): found is { item: T; match: Match } => found.match !== null)
    .sort((a, b) => b.match.score - a.match.score);
}
