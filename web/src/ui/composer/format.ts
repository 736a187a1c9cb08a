/** Changes of a text by key combinations: styles, links, lists. Pure functions on a text with a selection. */

export interface TextSelection {
  text: string;
  /** The selection, in UTF-16 units. */
  start: number;
  end: number;
}

export type InlineMark = "**" | "*" | "~~" | "`" | "||";

/** Put marks around the selection; if they are there already, remove them. */
export function toggleMark(draft: TextSelection, mark: InlineMark): TextSelection {
  const { text, start, end } = draft;
  const chosen = text.slice(start, end);
  if (mark === "`" && chosen.includes("\n")) return fenced(draft);
  const size = mark.length;
  if (isMarked(text.slice(0, start), text.slice(end), mark)) {
    return {
      text: text.slice(0, start - size) + chosen + text.slice(end + size),
      start: start - size,
      end: end - size,
    };
  }
  if (chosen.length >= 2 * size && isMarked(chosen.slice(0, size), chosen.slice(-size), mark)) {
    const inner = chosen.slice(size, -size);
    return { text: text.slice(0, start) + inner + text.slice(end), start, end: start + inner.length };
  }
  // Put the marks next to the words, not outside the spaces around them.
  const lead = chosen.length - chosen.trimStart().length;
  const trail = chosen.trim() === "" ? 0 : chosen.length - chosen.trimEnd().length;
  const from = chosen.trim() === "" ? start : start + lead;
  const to = end - trail;
  return {
    text: text.slice(0, from) + mark + text.slice(from, to) + mark + text.slice(to),
    start: from + size,
    end: to + size,
  };
}

/** Whether `before` ends and `after` begins with `mark`. An even number of stars is bold only, so `*` needs an odd number. */
function isMarked(before: string, after: string, mark: InlineMark): boolean {
  if (!before.endsWith(mark) || !after.startsWith(mark)) return false;
  if (mark !== "*") return true;
  const stars = /\**$/.exec(before)?.[0].length ?? 0;
  return stars % 2 === 1;
}

function fenced({ text, start, end }: TextSelection): TextSelection {
  const before = start > 0 && text.charAt(start - 1) !== "\n" ? "\n```\n" : "```\n";
  const after = text.charAt(end) === "\n" || end === text.length ? "\n```" : "\n```\n";
  return {
    text: text.slice(0, start) + before + text.slice(start, end) + after + text.slice(end),
    start: start + before.length,
    end: end + before.length,
  };
}

/** Make the selection a link. A selected address becomes the target of the link. */
export function makeLink({ text, start, end }: TextSelection): TextSelection {
  const chosen = text.slice(start, end);
  const isAddress = /^https?:\/\/\S+$/.test(chosen.trim());
  const made = isAddress ? `[](${chosen.trim()})` : `[${chosen}](https://)`;
  const cursor = isAddress ? start + 1 : start + made.length - 1;
  return { text: text.slice(0, start) + made + text.slice(end), start: cursor, end: cursor };
}

/** The text after Enter in a list or a quote: the new line begins with its mark, too. Null if the cursor is in neither. */
export function nextLine({ text, start, end }: TextSelection): TextSelection | null {
  if (start !== end) return null;
  const begin = text.lastIndexOf("\n", start - 1) + 1;
  const line = text.slice(begin, start);
  const mark = /^([ \t]*)(?:- |(\d{1,9})\. |> ?)/.exec(line);
  if (mark === null) return null;
  // An empty item ends the list.
  if (mark[0] === line) return { text: text.slice(0, begin) + text.slice(start), start: begin, end: begin };
  const number = mark[2];
  const again = number === undefined ? mark[0] : `${mark[1] ?? ""}${Number(number) + 1}. `;
  const at = start + 1 + again.length;
  return { text: `${text.slice(0, start)}\n${again}${text.slice(end)}`, start: at, end: at };
}

/** If the user has typed a list mark after the one that `nextLine` inserted at `begin`, remove the inserted one; else null. */
export function ownMark({ text, start, end }: TextSelection, begin: number): TextSelection | null {
  const twice = /^([ \t]*)(?:- |\d{1,9}\. |> ?)([-*] |\d{1,9}\. |> )$/.exec(text.slice(begin, start));
  if (start !== end || twice === null) return null;
  const [, indent = "", own = ""] = twice;
  const at = begin + indent.length + own.length;
  return { text: text.slice(0, begin) + indent + own + text.slice(start), start: at, end: at };
}

/** Whether the cursor is in fenced code, where Enter is a line break. */
export function isInFence(text: string, at: number): boolean {
  let marks = 0;
  for (const line of text.slice(0, at).split("\n")) {
    const run = /^ {0,3}(`{3,})([^`]*)$/.exec(line);
    if (run === null) continue;
    const length = run[1]?.length ?? 0;
    if (marks === 0) marks = length;
    else if (length >= marks && (run[2] ?? "").trim() === "") marks = 0;
  }
  return marks > 0;
}
