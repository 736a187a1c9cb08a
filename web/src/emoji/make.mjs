// Makes en.json and de.json from emojibase-data (MIT; its texts are Unicode CLDR's): `node make.mjs PATH/TO/emojibase-data`.
// A group is a list of emoji, each as "character shortcode shortcode ...|word word ...". German has words only, by character.
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";

const read = (path) => JSON.parse(readFileSync(join(process.argv[2], path), "utf8"));
const github = read("en/shortcodes/github.json");
const slack = read("en/shortcodes/iamcal.json");
const list = (value) => (value === undefined ? [] : [value].flat());
// The newest version of Unicode's emoji to include: many systems show newer emoji as blank boxes.
const NEWEST = 15;
// The fully-qualified spelling, which the server uses for reactions. emojibase-data adds U+FE0F to characters that are in colour without it.
const qualified = (character) => character.replace(/(\p{Emoji_Presentation})\uFE0F/gu, "$1");
const groups = new Map();
for (const emoji of read("en/data.json")) {
  if (emoji.group === undefined || emoji.group === 2 || emoji.version > NEWEST) continue;
  const codes = [...new Set([...list(github[emoji.hexcode]), ...list(slack[emoji.hexcode])])].slice(0, 3);
  if (codes.length === 0)
    codes.push(
      emoji.label
        .toLowerCase()
        .replace(/[^a-z0-9]+/g, "_")
        .replace(/^_|_$/g, ""),
    );
  const known = codes.join(" ");
  const words = [...emoji.label.toLowerCase().split(/[^\p{L}\p{N}]+/u), ...list(emoji.tags)].filter(
    (word) => word.length > 1 && !known.includes(word),
  );
  const entry = [`${qualified(emoji.emoji)} ${codes.join(" ")}`, [...new Set(words)].slice(0, 6).join(" ")]
    .filter(Boolean)
    .join("|");
  groups.set(emoji.group, [...(groups.get(emoji.group) ?? []), entry]);
}
const there = new Set([...groups.values()].flat().map((entry) => entry.slice(0, entry.indexOf(" "))));
writeFileSync(
  "en.json",
  `${JSON.stringify(
    [...groups].sort(([a], [b]) => a - b).map(([, entries]) => entries),
    null,
    0,
  )}\n`,
);
const german = {};
for (const emoji of read("de/data.json")) {
  const character = qualified(emoji.emoji);
  if (!there.has(character)) continue;
  const words = [
    ...emoji.label.toLowerCase().split(/[^\p{L}\p{N}]+/u),
    ...list(emoji.tags).map((tag) => tag.toLowerCase()),
  ];
  german[character] = [...new Set(words.filter((word) => word.length > 2))].slice(0, 6).join(" ");
}
writeFileSync("de.json", `${JSON.stringify(german)}\n`);
