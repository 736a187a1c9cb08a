// The session against a model of the server, with all kinds of failures, in one tab and in two: no message is lost, doubled or out
// of order; windows have no gaps; refused messages are not stored.
import fc from "fast-check";
import { expect, test } from "vitest";
import { BOB, Browser, EVE, isListedIn, ModelServer } from "../testing/model";

const STEPS = [
  "say", "say", "say", "flow", "flow", "flow", "flow", "hear", "lock", "chores", "cut", "kill", "refuse", "hang up", "pass",
  "other", "other", "change", "change", "change", "change", "lag", "open", "open", "older", "newer", "read", "restore", "discard",
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
  const unwanted = new Map<string, string>();
  let texts = 0;
  // Nobody writes before the room is known.
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
        if (number % 3 === 0) for (let count = 0; count < number; count++) server.append(room, EVE, "left");
        break;
      case "change":
        for (let count = 0; count <= number % 4; count++)
          server.change(room, number % 3 ? EVE : BOB, number + 7 * count, `text of eve ${++texts}`);
        break;
      case "lag":
        server.lags = !server.lags;
        server.pump();
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
      case "discard": {
        if (restores) break; // a message that was lost with the backup may or may not be sent again
        const pending = browser.discard(index, number);
        if (pending !== undefined) unwanted.set(pending.key, pending.text);
        break;
      }
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
    const stored = [...server.keys.values()].filter(({ room }) => room === id).map(({ text }) => text);
    // Only messages that a backup lacks, and discarded ones, may be missing.
    const may = new Set(unwanted.values());
    expect(stored).toEqual(texts.filter((text) => stored.includes(text) || !(restores || may.has(text))));
    for (const key of browser.discarded.keys()) expect(stored, "shown as discarded").not.toContain(unwanted.get(key));
    for (const text of refused) expect(stored).not.toContain(text);
    for (const tab of browser.tabs) expect(tab.session.outbox.all.map(keyOf)).toEqual(browser.disk.outbox.map(keyOf));
    browser.tabs.forEach((tab, index) => {
      // The whole log can be read from the newest event to the first, from the store or the server.
      tab.session.open(id, "newest", 1);
      browser.perform(tab);
      // Whatever arrives meanwhile, the window ends at the end of the log.
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
        window?.events.filter((event) => event.run === undefined && event.kind !== "left").map((event) => event.seq),
        `tab ${index}`,
      ).toEqual(log.filter((event) => isListedIn(event) && event["kind"] !== "left").map((event) => event["seq"]));
      for (const event of window?.events ?? []) if (event.kind === "message") browser.compare(id, event, log.length);
      expect(tab.session.state(id)?.room.tip).toBe(log.length);
      expect(tab.session.state(id)?.room.unread).toBe(server.unread(server.room(id)));
    });
  }
}

function keyOf({ key }: { key: string }): string {
  return key;
}

/** Two online tabs. The first one has the lock; the second shows a message that was not sent yet. */
function twoTabs(): { server: ModelServer; browser: Browser } {
  const server = new ModelServer();
  const browser = new Browser(server, 2, () => 0.5);
  browser.calm();
  browser.say(0, 1, "one");
  browser.say(0, 1, "two");
  expect(browser.lock(0)).toBe(true);
  return { server, browser };
}

function textsIn(server: ModelServer): unknown[] {
  return server.room(1).log.flatMap((event) => (event["text"] === undefined ? [] : [event["text"]]));
}

function shown(browser: Browser): string[][] {
  return browser.tabs.map((tab) => tab.session.outbox.of(1).map((pending) => pending.text));
}

test("a message in flight in another tab can not be discarded", () => {
  const { server, browser } = twoTabs();
  browser.discard(1, 0); // "one" is in flight
  browser.chores(browser.tab(0));
  expect(shown(browser)).toEqual([
    ["one", "two"],
    ["one", "two"],
  ]);
  browser.calm();
  expect(textsIn(server)).toEqual(["lobby", "one", "two"]);
  expect(shown(browser)).toEqual([[], []]);
});

test("a message that another tab has not sent is discarded there, and shown until then", () => {
  const { server, browser } = twoTabs();
  browser.discard(1, 1);
  expect(shown(browser)[1]).toEqual(["one", "two"]);
  browser.chores(browser.tab(0)); // the first tab gets the message ...
  expect(shown(browser)[0]).toEqual(["one"]);
  browser.chores(browser.tab(0)); // ... and removes it from the store
  browser.chores(browser.tab(1));
  expect(shown(browser)).toEqual([["one"], ["one"]]);
  browser.calm();
  expect(textsIn(server)).toEqual(["lobby", "one"]);
});

test("offline, a discarded message is removed as soon as no other tab can send it", () => {
  const { server, browser } = twoTabs();
  browser.step(0); // the server has stored "one", and its answer is lost
  browser.cut(0);
  browser.cut(1);
  browser.discard(1, 1);
  expect(browser.lock(1)).toBe(true);
  expect(shown(browser)[1]).toEqual(["one"]);
  expect(browser.holder).toBeNull();
  browser.calm();
  expect(textsIn(server)).toEqual(["lobby", "one"]);
  expect(shown(browser)).toEqual([[], []]);
});

test("a refused message is discarded offline, and no tab shows it again", () => {
  const server = new ModelServer();
  const browser = new Browser(server, 2, () => 0.5);
  browser.calm();
  browser.say(0, 1, "\x07");
  browser.calm();
  const { outbox } = browser.disk;
  expect(shown(browser)).toEqual([["\x07"], ["\x07"]]);
  expect(browser.holder).toBeNull();
  browser.discard(1, 0);
  expect(browser.lock(1)).toBe(true);
  browser.tab(1).session.setOutbox(outbox, browser.now); // as read before the discard
  expect(shown(browser)[1]).toEqual([]);
  browser.calm();
  expect(shown(browser)).toEqual([[], []]);
  expect(browser.holder).toBeNull();
});

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
