/** The emoji that were used last on this device. */
import { personalKey, readStored, writeStored } from "../platform/storage";

const KEPT = personalKey("emoji");
const MOST = 24;

export function recentEmoji(): readonly string[] {
  const list = readStored(KEPT) ?? "";
  return list === "" ? [] : list.split(" ").slice(0, MOST);
}

export function usedEmoji(character: string): void {
  const list = [character, ...recentEmoji().filter((one) => one !== character)].slice(0, MOST);
  writeStored(KEPT, list.join(" "));
}
