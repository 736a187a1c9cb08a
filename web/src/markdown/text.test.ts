/** The text language: its definition in docs/protocol/text.md, the shared examples, and properties of every text. */
import { readdirSync, readFileSync } from "node:fs";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { fold } from "../sync/fold";
import { isLink, type Known, parse, plainText, type Tree } from ".";
import type { Block, Inline } from "./tree";

const root = new URL("../../../", import.meta.url);
const people = new Set(["bob", "_x_", "zoë", "room", "here", "a|b", "strasse"]);
const places = new Set(["lobby", "c++"]);
const known: Known = { person: (name) => people.has(fold(name)), room: (name) => places.has(fold(name)) };

describe("docs/protocol/text.md", () => {
  const page = readFileSync(new URL("docs/protocol/text.md", root), "utf8");
  const examples = [...page.matchAll(/^(`{3,})example\n([\s\S]*?)\n\.\n([\s\S]*?)\n\1$/gm)];
  it("has examples", () => expect(examples.length).toBeGreaterThan(8));
  it.each(examples.map((match) => [match[2] ?? "", match[3] ?? ""]))("%j", (text, tree) => {
    expect(parse(text, known)).toEqual(JSON.parse(tree));
  });
});

interface Example {
  text: string;
  tree: Tree;
  why?: string;
}

const folder = new URL("tests/transcripts/text/", root);
for (const file of readdirSync(folder).filter((name) => name.endsWith(".json"))) {
  describe(`tests/transcripts/text/${file}`, () => {
    const examples = JSON.parse(readFileSync(new URL(file, folder), "utf8")) as Example[];
    it.each(examples.map((one) => [one.why ?? one.text, one] as const))("%s", (_, { text, tree }) => {
      expect(parse(text, known)).toEqual(tree);
    });
  });
}

/** All texts and addresses of a tree, in order. */
function pieces(tree: Tree): { words: string[]; links: string[]; depth: number } {
  const words: string[] = [];
  const links: string[] = [];
  let deepest = 0;
  const inline = (node: Inline, depth: number): void => {
    deepest = Math.max(deepest, depth);
    if (typeof node === "string") words.push(node);
    else if (node.is === "code") words.push(node.text);
    else if (node.is === "mention") words.push(`@${node.name}`);
    else if (node.is === "room") words.push(`#${node.name}`);
    else if (node.is !== "break") {
      for (const inner of node.of) inline(inner, depth + 1);
      if (node.is === "link") {
        links.push(node.href);
        words.push(node.href);
      }
    }
  };
  const block = (node: Block, depth: number): void => {
    deepest = Math.max(deepest, depth);
    if (node.is === "text") for (const inner of node.of) inline(inner, depth + 1);
    else if (node.is === "fence") words.push(node.text);
    else if (node.is === "quote") for (const inner of node.of) block(inner, depth + 1);
    else for (const item of node.items) for (const inner of item) block(inner, depth + 1);
  };
  for (const each of tree) block(each, 1);
  return { words, links, depth: deepest };
}

/** The number of occurrences of each letter. */
function lettersOf(text: string): Map<string, number> {
  const counts = new Map<string, number>();
  for (const letter of text.match(/\p{L}/gu) ?? []) counts.set(letter, (counts.get(letter) ?? 0) + 1);
  return counts;
}

/** Texts made of markup in any order. */
const markup = fc
  .array(
    fc.oneof(
      fc.constantFrom(
        "*",
        "**",
        "***",
        "_",
        "~~",
        "||",
        "`",
        "``",
        "```",
        "\n",
        "\n\n",
        "> ",
        "- ",
        "1. ",
        "  ",
        "[",
        "](",
        ")",
        "\\",
        "@bob",
        "#lobby",
      ),
      fc.constantFrom(
        "https://a.example/x",
        "mailto:a@b",
        "javascript:x",
        "http://",
        "a",
        "ä",
        "7",
        " ",
        ".",
        "\u202e",
        "👩‍👩‍👧",
        "e\u0301",
      ),
      fc.string({ unit: "grapheme", maxLength: 4 }),
    ),
    { maxLength: 60 },
  )
  .map((parts) => parts.join(""));

describe("every text", () => {
  it("is parsed without losing a letter", () => {
    fc.assert(
      fc.property(markup, (text) => {
        // A bare address is in the tree twice; the language of fenced code is not in the text.
        const typed = lettersOf(text.replace(/^[ >-]*(?:\d+\. *)*[ >-]*`{3,}.*$/gm, ""));
        const kept = lettersOf(pieces(parse(text, known)).words.join(""));
        for (const [letter, count] of typed) expect(kept.get(letter) ?? 0, letter).toBeGreaterThanOrEqual(count);
      }),
      { numRuns: 500 },
    );
  });

  it("without markup stays as it is", () => {
    fc.assert(
      fc.property(fc.string({ unit: "grapheme" }), (noise) => {
        const text = noise.replace(/[\\`*_~|[\]()<>@#\n\t -]|\d+\.|https?/g, "x");
        if (text.trim() !== "") expect(parse(text)).toEqual([{ is: "text", of: [text] }]);
      }),
    );
  });

  it("has links to http, https and mailto only", () => {
    fc.assert(
      fc.property(markup, (text) => {
        for (const link of pieces(parse(text)).links) expect(link).toMatch(/^(https?:\/\/|mailto:)/i);
      }),
      { numRuns: 400 },
    );
  });

  it("is nested to a limited depth", () => {
    fc.assert(
      fc.property(markup, (text) => {
        expect(pieces(parse(text)).depth).toBeLessThan(24);
      }),
    );
    for (const mark of ["> ", "- ", "**a ", "*a ~~b ||c _d ", "[", "1. "]) {
      expect(pieces(parse(mark.repeat(4000))).depth).toBeLessThan(24);
    }
  });

  it("gives the same tree when it is parsed again", () => {
    fc.assert(
      fc.property(markup, markup, (one, two) => {
        const first = JSON.stringify(parse(one, known));
        parse(two, known);
        expect(JSON.stringify(parse(one, known))).toBe(first);
      }),
    );
  });
});

describe("hostile texts", () => {
  const hostile: Record<string, string> = {
    stars: "*a".repeat(4000),
    "stars that could begin and end": "*".repeat(8000),
    "bold begun": "**a ".repeat(2000),
    brackets: "[".repeat(8000),
    "links begun": "[a](".repeat(2000),
    "links into parentheses": `[a](http://a${"(".repeat(7900)}`,
    "many links into parentheses": "[a](http://a((".repeat(570),
    backticks: Array.from({ length: 120 }, (_, n) => "`".repeat(n + 1)).join(" "),
    "backticks of one length": "` ".repeat(4000),
    "fences of backticks": `\`\`\`${"a".repeat(4000)}\``,
    quotes: "> ".repeat(4000),
    "quoted lines": "> > > > > a\n".repeat(600),
    "lists in lists": Array.from({ length: 120 }, (_, n) => `${" ".repeat(n)}- a`).join("\n"),
    addresses: "http://a".repeat(1000),
    "an address of brackets": `https://a/${")".repeat(7900)}`,
    "an address of both brackets": `https://a/${"()".repeat(3900)}.`,
    names: "@bob".repeat(2000),
    "names that are none": `@${"_".repeat(39)} `.repeat(195),
    combining: `a${"\u0301".repeat(7999)}`,
    backslashes: "\\".repeat(8000),
    lines: "-\n".repeat(4000),
    surrogates: "\ud83d".repeat(4000),
    spoilers: "||a".repeat(2600),
  };
  it.each(Object.entries(hostile))("%s: in time linear in its length", (_, text) => {
    const time = (what: string): number => {
      const start = performance.now();
      parse(what, known);
      return performance.now() - start;
    };
    time(text);
    const best = Math.min(...Array.from({ length: 5 }, () => time(text)));
    // Quadratic time would take hundreds of milliseconds; the limit allows for slow machines.
    expect(best).toBeLessThan(60);
  });
});

describe("addresses", () => {
  it.each([
    "https://example.org",
    "http://127.0.0.1:59000/r/lobby/3",
    "https://[::1]/",
    "mailto:a@example.org",
    "https://bücher.example/ä",
  ])("%s is one", (address) => expect(isLink(address)).toBe(true));
  it.each([
    "javascript:alert(1)",
    "JavaScript:alert(1)",
    " javascript:alert(1)",
    "data:text/html,<script>alert(1)</script>",
    "vbscript:x",
    "file:///etc/passwd",
    "blob:https://example.org/1",
    "//example.org",
    "https://",
    "https:///x",
    "https://a\u202eb",
    "https://a b",
    'https://a"onmouseover="x',
    "https://a\u0000b",
    "mailto:nobody",
    "intent://x",
  ])("%s is none", (address) => expect(isLink(address)).toBe(false));
});

describe("plain text", () => {
  it("is one line without markup, and hides spoilers", () => {
    expect(plainText("**hi** @bob\n> it is ||the butler||\n```js\nx\n```")).toBe("hi @bob it is ▒▒▒ x");
    expect(plainText("a".repeat(500), 10)).toBe("aaaaaaaaa…");
  });
});
