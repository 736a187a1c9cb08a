/** The emoji used lately, on this device. */
import { keep, kept, mine } from "../platform/storage";

const KEPT = mine("emoji");
const MOST = 24;

export function recentEmoji(): readonly string[] {
  const list = kept(KEPT) ?? "";
  return list === "" ? [] : list.split(" ").slice(0, MOST);
}

export function usedEmoji(character: string): void {
  const list = [character, ...recentEmoji().filter((one) => one !== character)].slice(0, MOST);
  keep(KEPT, list.join(" "));
}
