/** Parses the blocks of a text: paragraphs, fenced code, quotes and lists. The first characters of a line tell the block. */

import { parseInline } from "./inline";
import type { Block, Known, List, Tree } from "./tree";

/** How deep quotes and lists can be nested. Deeper ones stay text. */
const DEPTH = 4;

const FENCE = /^ {0,3}(`{3,})[ \t]*([^\s`]*)/;
const LANGUAGE = /^[A-Za-z0-9+#._-]{1,32}$/;
const QUOTE = /^ {0,3}>(?=[ >]|$) ?/;
const BULLET = /^( {0,3})-([ \t]+)(?=\S)/;
const NUMBER = /^( {0,3})(\d{1,9})\.([ \t]+)(?=\S)/;
const BLANK = /^[ \t]*$/;
/** A tab in the indentation counts as spaces up to the next column that is a multiple of this. */
const TAB = 4;

/** Parse a message's text. Never throws; takes time linear in the text's length. */
export function parse(text: string, known: Known = NOBODY): Tree {
  return blocks(text.split("\n"), known, 0);
}

const NOBODY: Known = { person: () => false, room: () => false };

function blocks(lines: readonly string[], known: Known, depth: number): Tree {
  const tree: Tree = [];
  let paragraph: string[] = [];
  const end = (): void => {
    if (paragraph.length > 0) tree.push({ is: "text", of: parseInline(paragraph.join("\n"), known) });
    paragraph = [];
  };
  for (let at = 0; at < lines.length; ) {
    const line = lines[at] ?? "";
    if (BLANK.test(line)) {
      end();
      at += 1;
      continue;
    }
    const block =
      fence(lines, at) ??
      (depth < DEPTH ? (quote(lines, at, known, depth) ?? list(lines, at, known, depth, paragraph.length > 0)) : null);
    if (block === null) {
      paragraph.push(line);
      at += 1;
    } else {
      end();
      tree.push(block.block);
      at = block.next;
    }
  }
  end();
  return tree;
}

interface Taken {
  block: Block;
  /** The index of the first line after the block. */
  next: number;
}

function fence(lines: readonly string[], at: number): Taken | null {
  const begin = FENCE.exec(lines[at] ?? "");
  if (begin === null || (lines[at] ?? "").includes("`", begin[0].length)) return null;
  const marks = begin[1]?.length ?? 3;
  let end = at + 1;
  while (end < lines.length && !closes(lines[end] ?? "", marks)) end += 1;
  const word = begin[2] ?? "";
  const language = LANGUAGE.test(word) ? word : "";
  return { block: { is: "fence", language, text: lines.slice(at + 1, end).join("\n") }, next: end + 1 };
}

function closes(line: string, marks: number): boolean {
  const run = /^ {0,3}(`{3,})\s*$/.exec(line)?.[1] ?? "";
  return run.length >= marks;
}

function quote(lines: readonly string[], at: number, known: Known, depth: number): Taken | null {
  const inside: string[] = [];
  let next = at;
  for (; next < lines.length; next += 1) {
    const line = lines[next] ?? "";
    const mark = QUOTE.exec(line);
    if (mark === null) break;
    inside.push(line.slice(mark[0].length));
  }
  return next === at ? null : { block: { is: "quote", of: blocks(inside, known, depth + 1) }, next };
}

function list(lines: readonly string[], at: number, known: Known, depth: number, inText: boolean): Taken | null {
  const first = NUMBER.exec(lines[at] ?? "");
  const isNumbered = first !== null;
  const mark = isNumbered ? NUMBER : BULLET;
  if (!mark.test(lines[at] ?? "")) return null;
  // Within a paragraph only `1.` begins a list, as a line of text may begin with another number and a full stop ("1999.").
  if (isNumbered && inText && first[2] !== "1") return null;
  const block: List = { is: "list", start: isNumbered ? Number(first[2]) : null, items: [] };
  let next = at;
  while (next < lines.length) {
    const begin = mark.exec(lines[next] ?? "");
    if (begin === null) break;
    const width = withoutTabs(begin[0]).length;
    const inside = [(lines[next] ?? "").slice(begin[0].length)];
    for (next += 1; next < lines.length; next += 1) {
      const line = withoutLeadingTabs(lines[next] ?? "");
      const blanks = /^ */.exec(line)?.[0].length ?? 0;
      if (blanks < 2 || blanks === line.length || (blanks < width && mark.test(line))) break;
      inside.push(line.slice(Math.min(blanks, width)));
    }
    block.items.push(blocks(inside, known, depth + 1));
  }
  return { block, next };
}

/** The line with the tabs of its indentation replaced by spaces. */
function withoutLeadingTabs(line: string): string {
  const indentation = /^[ \t]*/.exec(line)?.[0] ?? "";
  return withoutTabs(indentation) + line.slice(indentation.length);
}

function withoutTabs(text: string): string {
  let result = "";
  for (const character of text) result += character === "\t" ? " ".repeat(TAB - (result.length % TAB)) : character;
  return result;
}
