import { expect, test } from "vitest";
import { linked } from "./linked";

const parts = (text: string): unknown => {
  const [block] = linked(text);
  return block?.is === "text"
    ? block.of.map((each) => (typeof each === "object" && each.is === "link" ? { to: each.href } : each))
    : block;
};

test("addresses become links without the punctuation around them", () => {
  expect(parts("tea: https://a.example/b, and (http://b.example).")).toEqual([
    "tea: ",
    { to: "https://a.example/b" },
    ", and (",
    { to: "http://b.example" },
    ").",
  ]);
});

test.each(["〜です", "～", "⋯", "｜title", "＞", "＜b", "❞", "״", "׳."])("an address ends before %s", (behind) => {
  expect(parts(`https://a.example/b${behind}`)).toEqual([{ to: "https://a.example/b" }, behind]);
});

test.each(["https://he.example/צה״ל", "https://ja.example/スティーブ・ジョブズ"])("%s is one address", (address) => {
  expect(parts(address)).toEqual([{ to: address }]);
});

test("everything else stays text", () => {
  for (const text of [
    "",
    "*no* `markdown` [a](b) @all #lobby",
    "xhttps://a.example",
    "https://",
    "javascript:alert(1)",
  ])
    expect(parts(text)).toEqual(text ? [text] : []);
});

test("no text is lost", () => {
  const text = "https://a.example/https://b.example https://https://c.example…";
  const [block] = linked(text);
  const words =
    block?.is === "text"
      ? block.of.map((each) => (typeof each === "string" ? each : "href" in each ? each.href : ""))
      : [];
  expect(words.join("")).toBe(text);
});
