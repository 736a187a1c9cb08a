// The session against a model of the server, with every accident that can happen in between, in one tab and in two: nothing is
// lost, doubled or out of order; what is on a screen has no holes; what was refused is not stored.
import fc from "fast-check";
import { expect, test } from "vitest";
import { Browser, EVE, ModelServer } from "./model";

const STEPS = [
  "say", "say", "say", "flow", "flow", "flow", "flow", "hear", "lock", "chores", "cut", "kill", "refuse", "hang up", "pass",
  "other", "other", "open", "open", "older", "newer", "read", "restore",
] as const; // biome-ignore format: a list
type Step = readonly [(typeof STEPS)[number], tab: number, number: number];

const steps = fc.array(fc.tuple(fc.constantFrom(...STEPS), fc.nat(1), fc.nat(30)), { minLength: 10, maxLength: 120 });

function play(tabs: number, script: readonly Step[], restores: boolean): void {
  const server = new ModelServer();
  const browser = new Browser(server, tabs, () => 0.5);
  const said = new Map<number, string[]>([
    [1, []],
    [2, []],
  ]);
  const refused: string[] = [];
  let texts = 0;
  // Nobody writes before they have seen a room.
  for (let index = 0; index < tabs; index++) for (let count = 0; count < 6; count++) browser.step(index);
  for (const [step, index, number] of script) {
    const tab = browser.tab(index);
    const room = 1 + (number % 2);
    switch (step) {
      case "say": {
        const bad = number === 13;
        const text = bad ? `\x07${++texts}` : `text ${++texts}`;
        browser.say(index, room, text);
        if (bad) refused.push(text);
        else said.get(room)?.push(text);
        break;
      }
      case "flow":
        for (let count = 0; count <= number; count++) browser.step(index);
        break;
      case "hear":
        browser.hear(index);
        break;
      case "lock":
        browser.lock(index);
        break;
      case "chores":
        browser.chores(tab);
        break;
      case "cut":
        browser.cut(index);
        break;
      case "kill":
        browser.kill(index);
        break;
      case "refuse":
        server.refusals += 1 + (number % 3);
        break;
      case "hang up":
        server.hangUp();
        break;
      case "pass":
        browser.pass(number * 40);
        break;
      case "other":
        for (let count = 0; count <= number % 5; count++) server.append(room, EVE, "message", `eve ${++texts}`);
        break;
      case "open":
        tab.session.open(room, number < 10 ? "newest" : number < 20 ? "unread" : { seq: number - 19 }, 1);
        browser.perform(tab);
        break;
      case "older":
      case "newer":
        tab.session.extend(room, step, null);
        browser.perform(tab);
        break;
      case "read":
        tab.session.read(room, tab.session.state(room)?.log.last ?? 0, browser.now);
        browser.perform(tab);
        break;
      case "restore":
        if (restores) server.restore(room, number);
        break;
    }
  }
  browser.calm();
  browser.pass(2_000);
  browser.calm();
  for (const [id, texts] of said) {
    const { log } = server.room(id);
    const stored = log
      .filter((event) => event["user"] === 7 && event["kind"] === undefined)
      .map((event) => event["text"]);
    // A backup may lack what was stored after it was made; nothing else does.
    if (restores) expect(stored).toEqual(texts.filter((text) => stored.includes(text)));
    else expect(stored).toEqual(texts);
    for (const text of refused) expect(stored).not.toContain(text);
    browser.tabs.forEach((tab, index) => {
      // Everything can be read, from the newest event to the first, whether it is from the store or the server.
      tab.session.open(id, "newest", 1);
      browser.perform(tab);
      // Whatever comes while it opens, it ends at the end.
      server.append(id, EVE, "message", `late ${index}`);
      browser.hear(index);
      browser.calm();
      expect(tab.session.state(id)?.log.window.atTip).toBe(true);
      for (let page = 0; page < 100 && !tab.session.state(id)?.log.window.atStart; page++) {
        tab.session.extend(id, "older", null);
        browser.perform(tab);
        browser.calm();
      }
      const window = tab.session.state(id)?.log.window;
      expect(
        window?.events.map((event) => event.seq),
        `tab ${index}`,
      ).toEqual(log.map((event) => event["seq"]));
      expect(tab.session.state(id)?.room.tip).toBe(log.length);
      expect(tab.session.state(id)?.room.unread).toBe(server.unread(server.room(id)));
    });
  }
}

test("one tab", () => {
  fc.assert(
    fc.property(steps, (script) => play(1, script, false)),
    { numRuns: 150 },
  );
}, 30_000);

test("two tabs with one outbox", () => {
  fc.assert(
    fc.property(steps, (script) => play(2, script, false)),
    { numRuns: 150 },
  );
}, 30_000);

test("a history that is restored from a backup", () => {
  fc.assert(
    fc.property(steps, (script) => play(2, script, true)),
    { numRuns: 100 },
  );
}, 30_000);
