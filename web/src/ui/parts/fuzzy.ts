/** Fuzzy search: a name matches if it has the typed letters in their order. Letters at the beginnings of words, and letters next to
 * each other, make a better match. */
import { searchable } from "../../sync/searchable";

export interface Match {
  /** The higher the better. */
  score: number;
  /** The positions of the typed letters in the name, in UTF-16 units. */
  at: readonly number[];
}

/** Match `typed` against `name` by base letters (`searchable`); null if `name` does not have all letters in this order. */
export function match(typed: string, name: string): Match | null {
  const letters = [...searchable(typed).replace(/[\s#@]+/g, "")];
  if (letters.length === 0) return { score: 0, at: [] };
  // A character of the name can have several base letters: "ß" has "ss".
  const folded: string[] = [];
  const places: number[] = [];
  const isBeginning: boolean[] = [];
  let place = 0;
  let before = "";
  for (const character of name) {
    for (const letter of searchable(character)) {
      isBeginning.push((before === "" || /[\s._\-#@/[\]{}|]/.test(before)) && places.at(-1) !== place);
      folded.push(letter);
      places.push(place);
    }
    place += character.length;
    before = character;
  }
  const beginning = (index: number): boolean => isBeginning[index] ?? false;

  let best: Match | null = null;
  // Try all occurrences of the first letter; names are short, so that is quick.
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
    if (!best || score > best.score) best = { score, at: [...new Set(at.map((index) => places[index] ?? 0))] };
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
