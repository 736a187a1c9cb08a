import { describe, expect, it } from "vitest";
import type { RoomEvent } from "../../sync/types";
import { foldOf, lineOf } from "./sentences";

const plain = (text: string | null): string | null => text?.replace(/[\u2068\u2069]/g, "") ?? null;
const event = (kind: string, more: Partial<RoomEvent> = {}): RoomEvent => ({
  seq: 1,
  at: 0,
  user: 1,
  name: "ada",
  kind,
  text: "",
  ...more,
});
const eve = { user: 2, name: "eve" };

describe("the sentence for an event", () => {
  it.each([
    [event("left", { text: "bye" }), "ada left: bye"],
    [event("topic"), "ada cleared the topic"],
    [event("kicked", { about: eve, text: "noise" }), "ada sent eve out: noise"],
    [event("role", { about: eve, text: "moderator" }), "ada made eve a moderator"],
    [event("slow", { text: "30" }), "ada turned slow mode on: a message every 30 seconds"],
    [event("read_only", { text: "off" }), "ada lets everybody write"],
    [event("renamed", { text: "countess" }), "ada is now countess"],
    [event("unheard_of"), null],
  ])("%j", (what, words) => expect(plain(lineOf(what))).toBe(words));

  it("isolates the direction of names and texts", () => {
    expect(lineOf(event("renamed", { name: "\u202eevil", text: "x" }))).toBe(
      "\u2068\u202eevil\u2069 is now \u2068x\u2069",
    );
  });

  it("folds joins and leaves, with a few names", () => {
    const came = ["a", "b", "c", "d"].map((name, at) => event("joined", { name, user: at + 1 }));
    expect(plain(foldOf(came.slice(0, 2)))).toBe("a and b came in");
    expect(plain(foldOf(came))).toBe("a, b, and 2 others came in");
    expect(plain(foldOf([...came.slice(0, 1), event("left", { name: "a" }), event("joined", { name: "a" })]))).toBe(
      "a left · a came in",
    );
    expect(plain(foldOf([...came.slice(0, 2), event("left", { name: "a", user: 1 })]))).toBe(
      "a and b came in · a left",
    );
  });
});

it("a long run of joins and departures is one sentence with their number and the last names", () => {
  const event = (seq: number, name: string): RoomEvent => ({ seq, at: 0, user: seq, name, kind: "joined", text: "" });
  const run = {
    ...event(20_004, ""),
    kind: "",
    run: { first: 6, newest: [event(20_003, "ann"), event(20_004, "bob")] },
  };
  const sentence = foldOf([event(5, "zoe"), run, event(20_005, "cem")]);
  expect(sentence).toContain("20,001");
  for (const name of ["ann", "bob", "cem"]) expect(sentence).toContain(name);
});
