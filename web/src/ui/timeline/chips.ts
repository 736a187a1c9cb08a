/** The chips of the reactions to a message. Pure. */
import { baseOf } from "../../emoji/tones";
import type { Reaction } from "../../sync/types";

/** A chip for each emoji, whatever its skin tone. */
interface Chip {
  emoji: string;
  count: number;
  /** The emoji of this chip with which the user reacts. */
  mine: readonly string[];
  all: readonly string[];
}

/** Reactions that differ only in skin tones, put together. */
export function chipsOf(reactions: readonly Reaction[]): readonly Chip[] {
  const chips = new Map<string, Chip>();
  for (const { emoji, count, mine } of reactions) {
    const base = baseOf(emoji);
    const chip = chips.get(base) ?? { emoji: base, count: 0, mine: [], all: [] };
    chips.set(base, {
      emoji: base,
      count: chip.count + count,
      mine: mine ? [...chip.mine, emoji] : chip.mine,
      all: [...chip.all, emoji],
    });
  }
  return [...chips.values()];
}
