/** The emoji used lately, on this device. */
const KEPT = "parley.emoji";
const MOST = 24;

export function recentEmoji(): readonly string[] {
  const kept = globalThis.localStorage?.getItem(KEPT) ?? "";
  return kept === "" ? [] : kept.split(" ").slice(0, MOST);
}

export function usedEmoji(character: string): void {
  const list = [character, ...recentEmoji().filter((one) => one !== character)].slice(0, MOST);
  globalThis.localStorage?.setItem(KEPT, list.join(" "));
}
