/** Parses a text without markup, such as a topic: only addresses become links. */
import { bareLink } from "./links";
import { isAtWord } from "./spaceless";
import type { Inline, Tree } from "./tree";

const BEGINNING = /https?:\/\//giu;

export function linked(text: string): Tree {
  const of: Inline[] = [];
  let done = 0;
  for (const { index } of text.matchAll(BEGINNING)) {
    // Skip an address that is part of the previous one, or that begins within a word.
    if (index < done || !isAtWord(text, index)) continue;
    const href = bareLink(text, index);
    if (href === null) continue;
    if (index > done) of.push(text.slice(done, index));
    of.push({ is: "link", href, of: [href] });
    done = index + href.length;
  }
  if (done < text.length) of.push(text.slice(done));
  return [{ is: "text", of }];
}
