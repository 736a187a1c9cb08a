/** A message's text without its markup: for notifications, lists and screen readers. */

import { parse } from "./blocks";
import type { Block, Inline } from "./tree";

/** The text as one line, without markup and without what spoilers hide, of at most `limit` characters. */
export function plainText(text: string, limit = 200): string {
  // Parse only the beginning: eight times the limit is enough, as markup takes a part of it.
  const line = parse(text.slice(0, limit * 8))
    .map(ofBlock)
    .join(" ")
    .replace(/\s+/g, " ")
    .trim();
  const characters = Array.from(line.slice(0, limit * 2));
  return characters.length > limit ? `${characters.slice(0, limit - 1).join("")}…` : line;
}

function ofBlock(block: Block): string {
  switch (block.is) {
    case "text":
      return block.of.map(ofInline).join("");
    case "fence":
      return block.text;
    case "quote":
      return block.of.map(ofBlock).join(" ");
    case "list":
      return block.items.map((item) => item.map(ofBlock).join(" ")).join(" ");
  }
}

function ofInline(node: Inline): string {
  if (typeof node === "string") return node;
  switch (node.is) {
    case "spoiler":
      return "▒▒▒";
    case "code":
      return node.text;
    case "break":
      return " ";
    case "mention":
      return `@${node.name}`;
    case "room":
      return `#${node.name}`;
    default:
      return node.of.map(ofInline).join("");
  }
}
