/** The code of an invitation from what was pasted: the code itself, or its link. */
export function codeOf(pasted: string): string {
  const text = pasted.trim();
  const link = /\/join\/([^/?#\s]+)/.exec(text);
  return link?.[1] ?? text;
}
