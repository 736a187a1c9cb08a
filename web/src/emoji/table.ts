/** The table of all emoji, and its search. Loaded when it is first used. */
import { lazyModule } from "../platform/lazyModule";
import type { Language } from "../text";
import groups from "./en.json";

const german = lazyModule(() => import("./de.json"));

export interface Emoji {
  character: string;
  /** The codes that are typed between colons; the first is the usual one. */
  codes: readonly string[];
  /** More search words, in lower case. */
  words: string;
}

export interface Table {
  /** The emoji of each group, in Unicode's order of groups. */
  groups: readonly (readonly Emoji[])[];
  /** At most `most` emoji whose codes or words match, the best first. `begins`: whether one of its codes begins with `typed`. */
  find(typed: string, most: number): (Emoji & { begins: boolean })[];
  /** The emoji of a code, e.g. `smile`. */
  of(code: string): string | undefined;
}

function read(entry: string): Emoji {
  const [names = "", words = ""] = entry.split("|");
  const [character = "", ...codes] = names.split(" ");
  return { character, codes, words };
}

/** Additional search words in the page's language, by emoji; none if they can not be loaded now. */
async function nativeWords(language: Language): Promise<Readonly<Record<string, string>>> {
  if (language !== "de") return {};
  try {
    return (await german()).default;
  } catch {
    return {};
  }
}

/** The table. Its search uses words in English and in the language of the page. */
export async function emojiTable(language: Language): Promise<Table> {
  const native = await nativeWords(language);
  const inGroups = groups.map((entries) =>
    entries.map((entry) => {
      const emoji = read(entry);
      const more = native[emoji.character];
      return more === undefined ? emoji : { ...emoji, words: `${emoji.words} ${more}` };
    }),
  );
  const all = inGroups.flat();
  const byCode = new Map(all.flatMap((emoji) => emoji.codes.map((code) => [code, emoji.character] as const)));
  return {
    groups: inGroups,
    of: (code) => byCode.get(code),
    find(typed, most) {
      const wanted = typed.toLowerCase().replace(/[\s_-]+/g, "_");
      const ranked: { emoji: Emoji; rank: number }[] = [];
      all.forEach((emoji, order) => {
        const rank = rankOf(emoji, wanted);
        if (rank !== null) ranked.push({ emoji, rank: rank * 1_000_000 + order });
      });
      return ranked
        .sort((a, b) => a.rank - b.rank)
        .slice(0, most)
        .map(({ emoji, rank }) => ({ ...emoji, begins: rank < WORDS * 1_000_000 }));
    },
  };
}

/** The rank of an emoji of which only a word matches. If a code begins with what was typed, the rank is lower, which is better. */
const WORDS = 2;

function rankOf(emoji: Emoji, wanted: string): number | null {
  if (emoji.codes.includes(wanted)) return 0;
  // The shorter the code, the smaller the part that was not typed, and the better the rank.
  const begun = emoji.codes.filter((code) => code.startsWith(wanted)).map((code) => code.length);
  if (begun.length > 0) return 1 + Math.min(...begun) / 100;
  const words = wanted.replaceAll("_", " ");
  if (` ${emoji.words}`.includes(` ${words}`)) return WORDS;
  return emoji.codes.some((code) => code.includes(wanted)) ? 3 : null;
}
