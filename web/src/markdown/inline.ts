/** Parses the content of a paragraph: styles, code, links, mentions. One pass over the text, in linear time. */

import { bareLink, isLink } from "./links";
import { knownName } from "./names";
import { isAtName, isAtWord } from "./spaceless";
import type { Inline, Known, Styled } from "./tree";

type Style = "*" | "**" | "_" | "~~" | "||";

const STYLES: Readonly<Record<Style, Styled["is"]>> = {
  "*": "italic",
  _: "italic",
  "**": "bold",
  "~~": "strike",
  "||": "spoiler",
};

const ESCAPABLE = "*_~`|[>-";
const WORD = /[\p{L}\p{N}]/u;
const ASCII_WORD = /[0-9A-Za-z]/;
const SPACE = /\s/;
const SPECIAL = /[\\`*_~|[\n@#hH]/g;

/** A style whose opening mark was found, and not yet its closing one. Until then the opening mark is in the output as text. */
interface Opener {
  style: Style;
  /** The index of its mark in the output. */
  at: number;
  /** The index in the text of the run of marks that it is part of. `***` opens two styles, whose order may be swapped later. */
  run: number;
}

/** Parse the content of a paragraph. `linked`: whether `text` is the text of a link, in which links and names are not parsed. */
export function parseInline(text: string, known: Known, linked = false): Inline[] {
  const out: Inline[] = [];
  // The open styles, at most one of each kind.
  let open: Opener[] = [];
  const brackets = linked ? null : pairs(text);
  const ticks = tickRuns(text);
  let plain = 0;
  let at = 0;

  const flush = (upto: number): void => {
    if (upto > plain) out.push(text.slice(plain, upto));
  };
  const put = (node: Inline, from: number, upto: number): void => {
    flush(from);
    out.push(node);
    at = upto;
    plain = upto;
  };

  while (at < text.length) {
    SPECIAL.lastIndex = at;
    const next = SPECIAL.exec(text);
    if (next === null) break;
    at = next.index;
    const character = next[0];
    switch (character) {
      case "\n":
        put({ is: "break" }, at, at + 1);
        break;
      case "\\": {
        const escaped = text.charAt(at + 1);
        if (escaped !== "" && ESCAPABLE.includes(escaped)) {
          flush(at);
          plain = at + 1;
          at += 2;
        } else at += 1;
        break;
      }
      case "`": {
        const length = runLength(text, at, "`");
        const close = ticks.next(length, at + length);
        if (close === null) at += length;
        else put({ is: "code", text: unpadded(text.slice(at + length, close)) }, at, close + length);
        break;
      }
      case "[": {
        const link = brackets === null ? null : linkAt(text, at, brackets);
        if (link === null) at += 1;
        else put({ is: "link", href: link.href, of: parseInline(link.text, NOBODY, true) }, at, link.end);
        break;
      }
      case "h":
      case "H": {
        const address = linked || !isAtWord(text, at) ? null : bareLink(text, at);
        if (address === null) at += 1;
        else put({ is: "link", href: address, of: [address] }, at, at + address.length);
        break;
      }
      case "@":
      case "#": {
        const isPerson = character === "@";
        const name =
          linked || !isAtName(text, at) ? null : knownName(text, at + 1, isPerson ? known.person : known.room);
        if (name === null) at += 1;
        else put({ is: isPerson ? "mention" : "room", name }, at, at + 1 + name.length);
        break;
      }
      default: {
        const length = runLength(text, at, character);
        const styles = stylesOf(character, length);
        const start = at;
        at += length;
        if (styles === null) break;
        const previous = before(text, start);
        const following = after(text, at);
        const inWord = wordFor(character, length);
        let rest = styles;
        const closes = previous !== "" && !SPACE.test(previous) && !(inWord?.test(following) ?? false);
        if (closes && open.some((opener) => rest.includes(opener.style))) {
          flush(start);
          plain = at;
          for (let opener = closable(open, rest); opener !== null; opener = closable(open, rest)) {
            const style = opener.style;
            const inside = joined(out.splice(opener.at + 1));
            out[opener.at] = { is: STYLES[style], of: inside };
            open = open.slice(0, open.indexOf(opener));
            rest = rest.filter((one) => one !== style);
          }
          for (const style of rest) out.push(style);
          break;
        }
        const opens = following !== "" && !SPACE.test(following) && !(inWord?.test(previous) ?? false);
        if (!opens) break;
        flush(start);
        plain = at;
        for (const style of styles) {
          // If the style was open already, its earlier mark stays text.
          open = open.filter((opener) => opener.style !== style);
          open.push({ style, at: out.length, run: start });
          out.push(style);
        }
      }
    }
  }
  flush(text.length);
  return joined(out);
}

const NOBODY: Known = { person: () => false, room: () => false };

/** The styles that a run of `length` marks can open or close; null if the run is text. */
function stylesOf(character: string, length: number): Style[] | null {
  switch (character) {
    case "*":
      return length === 1 ? ["*"] : length === 2 ? ["**"] : length === 3 ? ["**", "*"] : null;
    case "_":
      return length === 1 ? ["_"] : null;
    case "~":
      return length === 2 ? ["~~"] : null;
    default:
      return length === 2 ? ["||"] : null;
  }
}

/** Characters that must not stand outside next to a pair of marks: `2*3*4` and `snake_case_name` are not italic. */
function wordFor(character: string, length: number): RegExp | null {
  if (character === "_") return WORD;
  return character === "*" && length === 1 ? ASCII_WORD : null;
}

/** The innermost open style among `styles`. */
function closable(open: Opener[], styles: Style[]): Opener | null {
  for (let index = open.length - 1; index >= 0; index -= 1) {
    const opener = open[index];
    if (opener === undefined || !styles.includes(opener.style)) continue;
    const inner = open[index + 1];
    // `***` opens bold and italic in either order, as in `***a** b*` and `***a* b**`: the style that closes first is the inner one.
    if (opener.style === "**" && inner?.style === "*" && inner.run === opener.run) {
      opener.style = "*";
      inner.style = "**";
      return inner;
    }
    return opener;
  }
  return null;
}

/** The nodes, with neighbouring strings joined to one. */
function joined(nodes: Inline[]): Inline[] {
  const result: Inline[] = [];
  let texts: string[] = [];
  const end = (): void => {
    if (texts.length > 0) result.push(texts.join(""));
    texts = [];
  };
  for (const node of nodes) {
    if (typeof node === "string") texts.push(node);
    else {
      end();
      result.push(node);
    }
  }
  end();
  return result;
}

function runLength(text: string, at: number, character: string): number {
  let end = at + 1;
  while (text.charAt(end) === character) end += 1;
  return end - at;
}

function before(text: string, at: number): string {
  if (at === 0) return "";
  const low = text.charCodeAt(at - 1);
  const isPair = low >= 0xdc00 && low <= 0xdfff && at > 1;
  return isPair ? text.slice(at - 2, at) : text.charAt(at - 1);
}

function after(text: string, at: number): string {
  const point = text.codePointAt(at);
  return point === undefined ? "" : String.fromCodePoint(point);
}

/** The code without one space on each side, if both are there: they separate a backtick in the code from the marks. */
function unpadded(code: string): string {
  return code.startsWith(" ") && code.endsWith(" ") && code.trim() !== "" ? code.slice(1, -1) : code;
}

/** Finds the next run of backticks of a length on the same line. It passes each run once, so that parsing stays linear. */
function tickRuns(text: string): { next(length: number, from: number): number | null } {
  let runs: Map<number, number[]> | null = null;
  let lineEnd = -1;
  const passed = new Map<number, number>();
  return {
    next(length, from) {
      runs ??= Array.from(text.matchAll(/`+/g)).reduce((all, run) => {
        const places = all.get(run[0].length);
        if (places === undefined) all.set(run[0].length, [run.index]);
        else places.push(run.index);
        return all;
      }, new Map<number, number[]>());
      if (lineEnd < from) {
        const end = text.indexOf("\n", from);
        lineEnd = end < 0 ? text.length : end;
      }
      const places = runs.get(length) ?? [];
      let index = passed.get(length) ?? 0;
      while (index < places.length && (places[index] ?? 0) < from) index += 1;
      passed.set(length, index);
      const place = places[index];
      return place === undefined || place > lineEnd ? null : place;
    },
  };
}

/** The index of each closing bracket, by that of its opening one. Parentheses with white space inside have no entry. */
function pairs(text: string): Map<number, number> {
  const found = new Map<number, number>();
  if (!text.includes("](")) return found;
  const squares: number[] = [];
  let rounds: number[] = [];
  for (const mark of text.matchAll(/\\[[\]]|[[\]()\s]/g)) {
    const at = mark.index;
    switch (mark[0]) {
      case "[":
        squares.push(at);
        break;
      case "]": {
        const start = squares.pop();
        if (start !== undefined) found.set(start, at);
        break;
      }
      case "(":
        rounds.push(at);
        break;
      case ")": {
        const start = rounds.pop();
        if (start !== undefined) found.set(start, at);
        break;
      }
      default:
        if (SPACE.test(mark[0])) rounds = [];
    }
  }
  return found;
}

function linkAt(
  text: string,
  at: number,
  brackets: Map<number, number>,
): { text: string; href: string; end: number } | null {
  const middle = brackets.get(at);
  if (middle === undefined || text.charAt(middle + 1) !== "(") return null;
  const end = brackets.get(middle + 1);
  if (end === undefined) return null;
  const inside = text.slice(at + 1, middle);
  const href = text.slice(middle + 2, end);
  return inside.trim() !== "" && isLink(href) ? { text: inside, href, end: end + 1 } : null;
}
