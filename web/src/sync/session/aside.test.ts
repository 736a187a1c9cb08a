import { expect, test } from "vitest";
import type { RoomEvent } from "../types";
import { Aside } from "./aside";

const ME = 7;
const message = (seq: number, more: Partial<RoomEvent> = {}): RoomEvent => ({
  ...{ seq, at: seq, user: 9, name: "eve", kind: "message", text: `text ${seq}` },
  ...more,
});
const change = (seq: number, kind: string, target: number, text = "", more: Partial<RoomEvent> = {}): RoomEvent =>
  message(seq, { kind, target, text, ...more });

test("a quoted message follows its changes, and a page does not bring back an older form", () => {
  const aside = new Aside();
  aside.put(3, message(3, { upto: 10 }));
  aside.put(4, undefined);
  expect([aside.get(3)?.text, aside.get(4), aside.get(5)]).toEqual(["text 3", null, undefined]);
  expect(aside.apply([change(9, "edited", 3, "too old"), change(12, "edited", 3, "newer")], ME)).toBe(true);
  aside.put(3, message(3, { upto: 11 }));
  expect(aside.get(3)?.text).toBe("newer");
  expect(aside.apply([change(13, "erased", 3)], ME)).toBe(true);
  expect(aside.get(3)).toMatchObject({ text: "", now: { erased: 13, by: 9 } });
});

test("an open thread gets its pages and what is said in it", () => {
  const aside = new Aside();
  const reply = (seq: number): RoomEvent => message(seq, { target: 2, thread: 2 });
  aside.apply([reply(5)], ME);
  expect(aside.thread(2).events).toEqual([]);
  aside.loading(2);
  aside.apply([reply(9)], ME);
  aside.took(2, [reply(7), reply(9)], false, null);
  expect(aside.thread(2)).toMatchObject({ events: [{ seq: 7 }, { seq: 9 }], atStart: false, loading: false });
  aside.loading(2);
  aside.took(2, [reply(4), reply(7)], true, null);
  aside.apply([reply(10), change(11, "reacted", 7, "👍", { thread: 2, user: ME })], ME);
  expect(aside.thread(2).events.map((event) => event.seq)).toEqual([4, 7, 9, 10]);
  expect(aside.thread(2).events[1]?.now?.reactions).toEqual([{ emoji: "👍", count: 1, mine: true }]);
  aside.close(2);
  expect(aside.thread(2).events).toEqual([]);
});
