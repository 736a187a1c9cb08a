/** Syntax highlighting. Loaded when the first block of code with a language is shown. */
import { SugarHigh, tokenize } from "sugar-high/core";
import { lang, languages } from "sugar-high/lang";

/** The kinds of tokens that the highlighter distinguishes. The style sheet gives them colours. */
export type Tint = "plain" | "keyword" | "string" | "number" | "name" | "comment" | "sign" | "added" | "removed";

export interface Piece {
  tint: Tint;
  text: string;
}

const TINTS: Readonly<Record<string, Tint>> = {
  keyword: "keyword",
  string: "string",
  class: "number",
  property: "name",
  entity: "name",
  sign: "sign",
  comment: "comment",
};

/** The whole code in pieces, in order; null if the language is not known. */
export function highlight(code: string, language: string): readonly Piece[] | null {
  const id = lang(language);
  if (id === undefined || id === "plaintext") return null;
  if (id === "diff") return joined(code.split(/(?<=\n)/).map((line) => ({ tint: tintOfChange(line), text: line })));
  const config = languages.find((one) => one.id === id)?.config;
  const tokens = tokenize(code, config);
  const pieces = joined(
    tokens.map(([type, text]) => ({ tint: TINTS[SugarHigh.TokenTypes[type] ?? ""] ?? "plain", text })),
  );
  // If the pieces do not make up the code again, the lexer has changed it: show the code without colours.
  return pieces.map((piece) => piece.text).join("") === code ? pieces : null;
}

function tintOfChange(line: string): Tint {
  if (/^(\+\+\+|---|@@|diff |index )/.test(line)) return "comment";
  return line.startsWith("+") ? "added" : line.startsWith("-") ? "removed" : "plain";
}

function joined(pieces: readonly Piece[]): Piece[] {
  const result: Piece[] = [];
  for (const { tint, text } of pieces) {
    const last = result.at(-1);
    if (last?.tint === tint || (last !== undefined && text.trim() === "")) last.text += text;
    else if (text !== "") result.push({ tint, text });
  }
  return result;
}
