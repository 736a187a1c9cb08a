/** Completion, markup and commands. */
import { describe, expect, it } from "vitest";
import type { Answer, Engine, Member, Moderation, RoomEvent } from "../../sync/types";
import { durationOf, parseInput, runCommand } from "./commands";
import {
  completionTarget,
  type Suggestion,
  spelledEmoji,
  suggestPeople,
  suggestRooms,
  takenByEnter,
} from "./completion";
import { isInFence, makeLink, nextLine, ownMark, type TextSelection, toggleMark } from "./format";

/** `|` stands for the cursor, `[` and `]` for the selection. */
function draft(marked: string): TextSelection {
  const start = marked.search(/[|[]/);
  const bare = marked.replace(/[|[]/, "");
  const close = bare.indexOf("]");
  return { text: bare.replace("]", ""), start, end: close < 0 ? start : close };
}
function shown({ text, start, end }: TextSelection): string {
  return start === end
    ? `${text.slice(0, start)}|${text.slice(start)}`
    : `${text.slice(0, start)}[${text.slice(start, end)}]${text.slice(end)}`;
}

it("finds a complete emoji code, but not in code or within words", () => {
  const code = (text: string): string | null => spelledEmoji(text, text.length);
  expect(code("hi :smile:")).toBe("smile");
  expect(code(":+1:")).toBe("+1");
  for (const text of ["`:smile:", "12:30:", "std::cout::", ":smile: ", "::"]) expect(code(text), text).toBeNull();
});

describe("completion begins", () => {
  it.each([
    ["@", "person", ""],
    ["hi @ad", "person", "ad"],
    ["(@zoë", "person", "zoë"],
    ["**@a", "person", "a"],
    ["see #lob", "room", "lob"],
    [":smi", "emoji", "smi"],
    ["/jo", "command", "jo"],
    ["/", "command", ""],
    ["/msg ad", "person", "ad"],
    ["/KICK @ad", "person", "ad"],
    ["/Tell ad", "person", "ad"],
    ["/join lob", "room", "lob"],
    ["你好@an", "person", "an"],
    ["你好，@an", "person", "an"],
    ["看#lo", "room", "lo"],
    ["“@an", "person", "an"],
  ])("in %j", (text, is, typed) => expect(completionTarget(text, text.length)).toMatchObject({ is, typed }));

  it.each([
    "bob@example",
    "é@example",
    "привет@an",
    "a#b",
    "12:30",
    ":)",
    ": s",
    "@ada and",
    "x /jo",
    "/join #",
    "/ban ",
    "/ban eve 10m",
    "/nick ad",
  ])("not in %j", (text) => {
    const found = completionTarget(text, text.length);
    if (text === "/join #") expect(found?.is).toBe("room");
    else expect(found).toBeNull();
  });

  it("at the cursor", () => {
    expect(completionTarget("@ad and more", 3)).toEqual({ is: "person", typed: "ad", from: 0, to: 3 });
    expect(completionTarget("@ad and more", 8)).toBeNull();
    // The argument of a command is completed with its mark, also if it was typed without.
    expect(completionTarget("/mute ad", 8)).toEqual({ is: "person", typed: "ad", from: 6, to: 8, ofCommand: true });
    expect(completionTarget("/mute @ad", 9)).toEqual({ is: "person", typed: "ad", from: 6, to: 9, ofCommand: true });
  });
});

describe("people", () => {
  const member = (id: number, name: string, more: Partial<Member> = {}): Member => ({
    id,
    name,
    online: true,
    role: "member",
    bot: false,
    display: "",
    colour: "",
    got: 0,
    since: 0,
    read: 0,
    ...more,
  });
  const said = (seq: number, user: number): RoomEvent => ({ seq, at: 0, user, name: "", kind: "message", text: "" });
  const all = [
    member(1, "me"),
    member(2, "anna"),
    member(3, "andy", { online: false }),
    member(4, "Ann"),
    member(5, "bob", { display: "Andreas Bo" }),
  ];
  const found = (typed: string, events: RoomEvent[] = []): string[] =>
    suggestPeople(all, events, typed, 1, []).map((one) => one.label);

  it("are sorted by their last message, then by presence, without the user", () => {
    expect(found("an", [said(1, 3), said(2, 4)])).toEqual(["Ann", "andy", "anna", "bob"]);
    expect(found("")).not.toContain("me");
  });
  it("whose names contain the text come after the others", () => expect(found("n")).toEqual(["Ann", "anna", "andy"]));
  it("are found by their base letters", () => {
    const others = [member(6, "Zoë"), member(7, "Łukasz"), member(8, "straße"), member(9, "x", { display: "Søren" })];
    const named = (typed: string): string[] => suggestPeople(others, [], typed, 1, []).map((one) => one.label);
    expect(named("zoe")).toEqual(["Zoë"]);
    expect(named("lu")).toEqual(["Łukasz"]);
    expect(named("STRASSE")).toEqual(["straße"]);
    expect(named("soren")).toEqual(["x"]);
  });
  it("include everybody if the user may mention everybody", () => {
    expect(suggestPeople(all, [], "r", 1, [{ name: "room", beside: "" }]).map((one) => one.text)).toEqual(["@room "]);
  });
});

describe("Enter", () => {
  const smile: Suggestion = { key: "😄", text: "😄 ", label: "😄  :smile:", beside: "", begins: true };
  const add = { ...smile, begins: false };
  const takes = (text: string, one: Suggestion, isChosen = false): boolean => {
    const target = completionTarget(text, text.length);
    return target !== null && takenByEnter(target, text.slice(target.from, target.to), one, isChosen);
  };
  it("takes a suggestion that begins with what was typed", () => expect(takes("a :smi", smile)).toBe(true));
  it("sends a text that a suggestion only resembles", () => expect(takes("haha :DD", add)).toBe(false));
  it("takes what was chosen", () => expect(takes("haha :DD", add, true)).toBe(true));
  it.each([":)", ":p", "::", "10:30", "at 10:30", "http://a.example:80/x", "a:b", ":D", "(: :-", ":'("])(
    "sends %j",
    (text) => expect(takes(text, smile)).toBe(false),
  );
  it("sends a complete name, and a new room's name after /join", () => {
    const room: Suggestion = { key: "r1", text: "#tea ", label: "#tea", beside: "", begins: true };
    expect(takes("#tea", room)).toBe(false);
    expect(takes("#te", room)).toBe(true);
    expect(takes("/join te", room)).toBe(false);
    expect(takes("/join te", room, true)).toBe(true);
    expect(takes("#1", { ...room, text: "#team-1 ", begins: false })).toBe(false);
  });
});

it("suggests public rooms, those that begin with the text first", () => {
  const room = (id: number, name: string, kind: "public" | "private" = "public") => ({
    id,
    name,
    kind,
    topic: "",
    archived: false,
  });
  expect(
    suggestRooms([room(1, "tea-party"), room(2, "green-tea"), room(3, "tearoom", "private")], "tea").map(
      (one) => one.label,
    ),
  ).toEqual(["#tea-party", "#green-tea"]);
});

describe("markup by keyboard", () => {
  it.each([
    ["a [b] c", "**", "a **[b]** c"],
    ["a **[b]** c", "**", "a [b] c"],
    ["a [**b**] c", "**", "a [b] c"],
    ["a | c", "`", "a `|` c"],
    ["[ b ]", "*", " *[b]* "],
    ["**[b]**", "*", "***[b]***"],
    ["***[b]***", "*", "**[b]**"],
  ] as const)("%s with %s", (before, mark, after) => expect(shown(toggleMark(draft(before), mark))).toBe(after));

  it("makes several lines a fenced block", () =>
    expect(shown(toggleMark(draft("x\n[a\nb]"), "`"))).toBe("x\n```\n[a\nb]\n```"));
  it("makes links", () => {
    expect(shown(makeLink(draft("see [this] now")))).toBe("see [this](https://|) now");
    expect(makeLink({ text: "https://a.example", start: 0, end: 17 })).toEqual({
      text: "[](https://a.example)",
      start: 1,
      end: 1,
    });
  });
  it.each([
    ["- a|", "- a\n- |"],
    ["9. a|", "9. a\n10. |"],
    ["> a|", "> a\n> |"],
    ["- a\n\t- b|", "- a\n\t- b\n\t- |"],
    ["- a\n- |", "- a\n|"],
  ])("goes on with %j", (before, after) => expect(shown(nextLine(draft(before)) ?? draft("nothing|"))).toBe(after));
  it("leaves other line breaks alone", () => expect(nextLine(draft("a|"))).toBeNull());
  it.each([
    ["- a\n- - |", "- a\n- |"],
    ["- a\n- * |", "- a\n* |"],
    ["1. a\n2. 2. |", "1. a\n2. |"],
    ["- a\n- > |", "- a\n> |"],
    ["  - a\n  - - |b", "  - a\n  - |b"],
  ])("keeps only the typed list mark if Enter had inserted one before it: %j", (before, after) => {
    const typed = draft(before);
    expect(shown(ownMark(typed, typed.text.lastIndexOf("\n") + 1) ?? draft("nothing|"))).toBe(after);
  });
  it.each(["- a\n- b - |", "- a\n- -|", "- a\nb |"])("leaves %j", (before) => {
    const typed = draft(before);
    expect(ownMark(typed, typed.text.lastIndexOf("\n") + 1)).toBeNull();
  });
  it("knows whether the cursor is in fenced code", () => {
    expect(isInFence("```js\na", 7)).toBe(true);
    expect(isInFence("```js\na\n```\nb", 13)).toBe(false);
    expect(isInFence("```a``` b", 9)).toBe(false);
  });
});

describe("commands", () => {
  it("are read in upper and lower case, with aliases", () => {
    expect(parseInput("/ME waves  ")).toEqual({ is: "command", name: "me", rest: "waves" });
    expect(parseInput("/tell eve hi\nthere")).toEqual({ is: "command", name: "msg", rest: "eve hi\nthere" });
  });
  it("that do not exist give a sentence; a space in front makes a message", () => {
    expect(parseInput("/foo bar")).toMatchObject({
      is: "problem",
      sentence: expect.stringContaining("/foo") as string,
    });
    expect(parseInput("/usr/bin/env")).toMatchObject({ is: "problem" });
    expect(parseInput(" /usr/bin/env")).toEqual({ is: "text", text: "/usr/bin/env" });
    expect(parseInput("a /b")).toEqual({ is: "text", text: "a /b" });
  });
  it.each([
    ["10m", 600_000],
    ["7d", 604_800_000],
    ["soon", null],
    ["m", null],
  ])("know the time %s", (word, millis) => expect(durationOf(word)).toBe(millis));

  /** An engine that records its calls. */
  function engine(answer: Answer<number>): { done: unknown[]; engine: Engine } {
    const done: unknown[] = [];
    const noted =
      (name: string) =>
      (...args: unknown[]): unknown => {
        done.push([name, ...args]);
        return Promise.resolve(answer);
      };
    const known = Object.fromEntries(
      ["send", "sendDirect", "openDirect", "join", "leave", "setTopic", "rename", "moderate"].map((name) => [
        name,
        noted(name),
      ]),
    );
    return { done, engine: known as unknown as Engine };
  }
  const NOW = 1000;
  const run = async (
    text: string,
    answer: Answer<number> = { ok: true, value: 5 },
  ): Promise<{ outcome: Awaited<ReturnType<typeof runCommand>>; done: unknown[] }> => {
    const reading = parseInput(text);
    if (reading.is !== "command") throw new Error("no command");
    const { done, engine: fake } = engine(answer);
    return { outcome: await runCommand(fake, 3, reading, NOW), done };
  };
  it.each([
    ["/me waves", ["send", 3, "waves", "action"]],
    ["/join #tea", ["join", "tea"]],
    ["/leave", ["leave", 3]],
    ["/topic a b", ["setTopic", 3, "a b"]],
    ["/topic", ["setTopic", 3, ""]],
    ["/nick robert", ["rename", "robert"]],
    ["/invite eve", ["moderate", 3, { action: "invite", whom: "eve" }]],
    ["/kick @eve too loud", ["moderate", 3, { action: "kick", whom: "eve", why: "too loud" }]],
    ["/ban eve 10m spam", ["moderate", 3, { action: "ban", whom: "eve", until: NOW + 600_000, why: "spam" }]],
    ["/ban eve spam", ["moderate", 3, { action: "ban", whom: "eve", why: "spam" }]],
    ["/unmute eve", ["moderate", 3, { action: "mute", undo: true, whom: "eve" } satisfies Moderation]],
  ])("%s", async (text, asked) => expect((await run(text)).done).toEqual([asked]));

  it("with missing arguments show their usage, and keep the text", async () => {
    for (const text of ["/me", "/msg eve", "/kick", "/nick a b", "/join"]) {
      const { outcome, done } = await run(text);
      expect(done).toEqual([]);
      expect(outcome).toMatchObject({ done: false, sentence: expect.stringContaining("Like this: /") as string });
    }
  });
  it("to a person open the direct room, if the person exists", async () => {
    const there = await run("/msg @eve hi there");
    expect(there.done).toEqual([
      ["openDirect", ["eve"]],
      ["send", 5, "hi there"],
    ]);
    expect(there.outcome.done).toBe(true);
    const nobody = await run("/msg eev hi", { ok: false, problem: { code: "user_unknown", message: "Nobody." } });
    expect(nobody.done).toEqual([["openDirect", ["eev"]]]);
    expect(nobody.outcome).toEqual({ done: false, sentence: "Nobody." });
    const offline = await run("/msg eve hi", { ok: false, problem: { code: "offline", message: "" } });
    expect(offline.done.at(-1)).toEqual(["sendDirect", "eve", "hi"]);
  });
  it("with a mistyped duration are not carried out", async () => {
    for (const text of ["/ban eve 3x", "/ban eve 2weeks spam", "/mute eve 10"]) {
      const { outcome, done } = await run(text);
      expect(done).toEqual([]);
      expect(outcome).toMatchObject({ done: false, sentence: expect.stringContaining("is no time") as string });
    }
    expect((await run("/ban eve 2-faced")).outcome.done).toBe(true);
  });
  it("open the room that was joined", async () =>
    expect((await run("/join tea")).outcome).toMatchObject({ done: true, room: 5 }));
});
