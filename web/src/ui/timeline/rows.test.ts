/** The rows that are made from a window of the log. */
import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { EMPTY_WINDOW, type LogWindow, type Pending, type RoomEvent } from "../../sync/types";
import { hasNoMessages, isMentioned, keyFor, type Row, type RowOptions, Rows, seqOf } from "./rows";

const NOON = new Date(2026, 2, 3, 12).getTime();
const ME = 7;

function event(seq: number, user: number, more: Partial<RoomEvent> = {}): RoomEvent {
  return { seq, at: NOON + seq * 1000, user, name: `u${user}`, kind: "message", text: `t${seq}`, ...more };
}

function log(events: RoomEvent[], more: Partial<LogWindow> = {}): LogWindow {
  return { ...EMPTY_WINDOW, events, last: events.at(-1)?.seq ?? 0, atStart: true, atTip: true, ...more };
}

const reading: RowOptions = { me: ME, newAfter: null, direct: false };
const make = (window: LogWindow, pending: Pending[] = [], how: Partial<RowOptions> = {}): readonly Row[] =>
  new Rows().make(window, pending, { ...reading, ...how });

const waiting = (key: string): Pending => ({
  key,
  room: 1,
  text: key,
  kind: "message",
  at: NOON + 9000,
  state: "queued",
});

/** A short text for each row: its kind and content. */
const short = (rows: readonly Row[]): string[] =>
  rows.map((row) => {
    switch (row.is) {
      case "message":
        return `${row.head ? "head" : "more"} ${row.event.seq}`;
      case "line":
        return `line ${row.event.seq}`;
      case "fold":
        return `fold ${row.events.map((one) => one.seq).join(" ")}`;
      case "pending":
        return `${row.head ? "head" : "more"} ${row.pending.key}`;
      case "edge":
        return row.side;
      default:
        return row.is;
    }
  });

describe("rows", () => {
  it("of one author within some minutes form a group", () => {
    const late = event(4, 1, { at: NOON + 4000 + 6 * 60_000 });
    expect(short(make(log([event(1, 1), event(2, 1), event(3, 2), late])))).toEqual([
      "start",
      "day",
      "head 1",
      "more 2",
      "head 3",
      "head 4",
    ]);
    const pause = [event(1, 1), event(2, 1, { at: NOON + 6 * 60_000 })];
    expect(short(make(log(pause)))).toEqual(["start", "day", "head 1", "head 2"]);
  });

  it("begin a new group for another name, a bot, and after an action", () => {
    const events = [
      event(1, 1),
      event(2, 1, { name: "new" }),
      event(3, 1, { name: "new", bot: true }),
      event(4, 1, { kind: "action" }),
      event(5, 1),
    ];
    expect(short(make(log(events))).slice(2)).toEqual(["head 1", "head 2", "head 3", "head 4", "head 5"]);
  });

  it("have a row for each day, and no second one if the server's clock goes back", () => {
    const tomorrow = new Date(2026, 2, 4, 0, 1).getTime();
    const events = [
      event(1, 1),
      event(2, 1, { at: tomorrow }),
      event(3, 1, { at: tomorrow - 120_000 }),
      event(4, 1, { at: tomorrow + 1 }),
    ];
    expect(short(make(log(events)))).toEqual(["start", "day", "head 1", "day", "head 2", "more 3", "more 4"]);
  });

  it("show a long run of joins and departures as one fold, and none in a direct room", () => {
    const run = { ...event(20_000, 0, { kind: "", text: "" }), run: { first: 2, newest: [event(20_000, 3)] } };
    const window = log([event(1, 2), run, event(20_001, 2)]);
    expect(short(make(window))).toEqual(["start", "day", "head 1", "fold 20000", "head 20001"]);
    expect(short(make(window, [], { direct: true }))).not.toContain("fold 20000");
  });

  it("fold joins and leaves only", () => {
    const events = [
      event(1, 1, { kind: "joined" }),
      event(2, 2, { kind: "joined" }),
      event(3, 2, { kind: "left" }),
      event(4, 1),
      event(5, 3, { kind: "joined" }),
      event(6, 1, { kind: "topic" }),
      event(7, 1, { kind: "kicked", about: { user: 3, name: "u3" } }),
    ];
    expect(short(make(log(events)))).toEqual(["start", "day", "fold 1 2 3", "head 4", "line 5", "line 6", "line 7"]);
  });

  it("hide unknown kinds, and joins and leaves of a direct room", () => {
    const events = [
      event(1, 0, { kind: "created" }),
      event(2, 1, { kind: "joined" }),
      event(3, 1, { kind: "reaction" }),
      event(4, 1),
    ];
    expect(short(make(log(events)))).toEqual(["start", "day", "line 2", "head 4"]);
    expect(short(make(log(events), [], { direct: true }))).toEqual(["start", "day", "head 4"]);
  });

  it("have the divider before the first new message of others", () => {
    const events = [event(1, 1), event(2, ME), event(3, 1, { kind: "joined" }), event(4, 1), event(5, 1)];
    expect(short(make(log(events), [], { newAfter: 1 }))).toEqual([
      "start",
      "day",
      "head 1",
      "head 2",
      "line 3",
      "new",
      "head 4",
      "more 5",
    ]);
    expect(short(make(log(events), [], { newAfter: 5 }))).not.toContain("new");
  });

  it("have an edge where the log continues", () => {
    expect(short(make(log([event(5, 1)], { atStart: false, atTip: false })))).toEqual([
      "older",
      "day",
      "head 5",
      "newer",
    ]);
    expect(short(make(log([], { atStart: false, atTip: true })))).toEqual([]);
    expect(short(make(log([])))).toEqual(["start"]);
  });

  it("have waiting messages at the end, in order", () => {
    expect(short(make(log([event(1, ME), event(2, 1)]), [waiting("a"), waiting("b")]))).toEqual([
      "start",
      "day",
      "head 1",
      "head 2",
      "head a",
      "more b",
    ]);
    expect(short(make(log([event(1, ME)]), [waiting("a")]))).toEqual(["start", "day", "head 1", "more a"]);
  });

  it("stay the same objects if they do not change", () => {
    const rows = new Rows();
    const one = event(11, 1);
    const two = event(12, 2);
    const first = rows.make(log([one, two], { atStart: false }), [], reading);
    const second = rows.make(log([event(10, 2), one, two, event(13, 2)]), [], reading);
    const find = (list: readonly Row[], key: string): Row | undefined => list.find((row) => row.key === key);
    expect(find(second, "e11")).toBe(find(first, "e11"));
    expect(find(second, "e12")).toBe(find(first, "e12"));
    // Now the message before it has the same author, so the row no longer shows the author's name.
    const third = rows.make(log([event(10, 1, { at: one.at }), one]), [], reading);
    expect(find(third, "e11")).not.toBe(find(first, "e11"));
  });

  it("are the same whether they are extended or made anew", () => {
    const kinds = ["message", "message", "message", "action", "joined", "left", "topic", "odd"];
    const some = fc.record({
      user: fc.integer({ min: ME - 1, max: ME + 1 }),
      kind: fc.constantFrom(...kinds),
      pause: fc.constantFrom(1_000, 60_000, 6 * 60_000, 13 * 3_600_000),
      bot: fc.boolean(),
    });
    const step = fc.record({
      came: fc.nat(6),
      gone: fc.constantFrom(0, 0, 0, 2),
      atTip: fc.boolean(),
      newAfter: fc.constantFrom(null, null, null, 3),
      pending: fc.nat(2),
    });
    // The row of a day can have the time of another event of that day, so compare its key only.
    const plain = (list: readonly Row[]): object[] => list.map((row) => (row.is === "day" ? { key: row.key } : row));
    fc.assert(
      fc.property(fc.array(some, { maxLength: 40 }), fc.array(step, { maxLength: 12 }), (said, steps) => {
        let at = NOON;
        const all = said.map(({ user, kind, pause, bot }, index) => {
          at += pause;
          return event(index + 1, user, bot ? { kind, at, bot } : { kind, at });
        });
        const rows = new Rows();
        let [from, to] = [0, 0];
        for (const { came, gone, atTip, newAfter, pending } of steps) {
          to = Math.min(all.length, to + came);
          from = Math.min(to, from + gone);
          const window = log(all.slice(from, to), { atStart: from === 0, atTip });
          const waiting = Array.from({ length: pending }, (_, index): Pending => {
            return { key: `k${index}`, room: 1, text: "", kind: "message", at: at + 1, state: "queued" };
          });
          const how = { ...reading, newAfter };
          expect(plain(rows.make(window, waiting, how))).toEqual(plain(new Rows().make(window, waiting, how)));
        }
      }),
    );
  });

  it("stay the same at the end when events are added, except for a fold that grows", () => {
    const rows = new Rows();
    const events = [event(1, 1), event(2, 2, { kind: "joined" }), event(3, 3, { kind: "joined" })];
    const first = rows.make(log(events), [], reading);
    const more = [...events, event(4, 4, { kind: "joined" })];
    const second = rows.make(log(more), [], reading);
    expect(short(second)).toEqual(["start", "day", "head 1", "fold 2 3 4"]);
    expect(second.slice(0, 3).every((row, at) => row === first[at])).toBe(true);
    const third = rows.make(log([...more]), [], reading);
    expect(third.every((row, at) => row === second[at])).toBe(true);
  });

  it("have unique keys", () => {
    const events = Array.from({ length: 200 }, (_, at) =>
      event(at + 1, at % 3, {
        kind: at % 7 < 3 ? "joined" : at % 11 === 0 ? "topic" : "message",
        at: NOON + at * 3_600_000,
      }),
    );
    const keys = make(log(events), [], { newAfter: 50 }).map((row) => row.key);
    expect(new Set(keys).size).toBe(keys.length);
  });

  it("are found by seq, also if the event is folded or hidden", () => {
    const rows = make(
      log([
        event(1, 1),
        event(2, 1, { kind: "joined" }),
        event(3, 2, { kind: "left" }),
        event(4, 1, { kind: "odd" }),
        event(5, 1),
      ]),
    );
    expect(keyFor(rows, 1)).toBe("e1");
    expect(keyFor(rows, 2)).toBe("f2");
    expect(keyFor(rows, 3)).toBe("f2");
    expect(keyFor(rows, 4)).toBe("e5");
    expect(keyFor(rows, 6)).toBeNull();
    expect(rows.map(seqOf)).toEqual([null, null, 1, 3, 5]);
  });
});

describe("a room without messages", () => {
  const came = event(1, 1, { kind: "joined" });
  const topic = event(2, 1, { kind: "topic" });

  it("has only events that are not messages", () => {
    expect(hasNoMessages(make(log([])))).toBe(true);
    expect(hasNoMessages(make(log([came, topic])))).toBe(true);
    expect(hasNoMessages(make(log([came, event(2, 1)])))).toBe(false);
    expect(hasNoMessages(make(log([came, event(2, 1, { kind: "action" })])))).toBe(false);
    expect(hasNoMessages(make(log([came]), [waiting("a")]))).toBe(false);
  });

  it("is not assumed while pages are missing", () => {
    expect(hasNoMessages(make(log([came, topic], { atStart: false })))).toBe(false);
    expect(hasNoMessages(make(log([came, topic], { atTip: false })))).toBe(false);
  });
});

describe("a message mentions the user", () => {
  it("by their id or everybody's, but not in their own message", () => {
    expect(isMentioned(event(1, 1, { mentions: [3, ME] }), ME)).toBe(true);
    expect(isMentioned(event(1, 1, { mentions: [0] }), ME)).toBe(true);
    expect(isMentioned(event(1, 1, { mentions: [3] }), ME)).toBe(false);
    expect(isMentioned(event(1, ME, { mentions: [0] }), ME)).toBe(false);
    expect(isMentioned(event(1, 1), ME)).toBe(false);
  });
});

it("a changed message in the middle gets a new row, and no other row is made anew", () => {
  const rows = new Rows();
  const events = [1, 2, 3, 4].map((seq) => event(seq, 9));
  const before = rows.make(log(events), [], reading);
  const changed = events.map((each) => (each.seq === 2 ? { ...each, text: "better", upto: 5 } : each));
  const after = rows.make(log(changed, { changes: 1 }), [], reading);
  expect(after.map((row, at) => row === before[at])).toEqual(before.map((row) => row.key !== "e2"));
  expect(after.find((row) => row.key === "e2")).toMatchObject({ event: { text: "better" } });
});

it("deleted messages in a row are one row, unless a thread hangs on one, or an edit of one was refused", () => {
  const gone = (seq: number, more: Partial<RoomEvent> = {}): RoomEvent =>
    event(seq, 9, { text: "", now: { erased: 99, by: 9 }, ...more });
  const events = [
    event(1, 9),
    gone(2),
    gone(3),
    gone(4, { now: { erased: 99, by: 9, replies: 2 } }),
    gone(5),
    event(6, 9),
  ];
  const keysOf = (rows: readonly Row[]): string[] => rows.map(({ is, key }) => `${is} ${key}`).slice(2);
  expect(keysOf(make(log(events)))).toEqual(["message e1", "gone e2", "gone e4", "gone e5", "message e6"]);
  const refused: Pending = { ...waiting("k"), kind: "edit", target: 3, state: "refused" };
  expect(keysOf(make(log(events), [refused]))).toEqual([
    ...["message e1", "gone e2", "message e3", "gone e4", "gone e5", "message e6"],
  ]);
});

it("a change that waits is shown in its message, and a reply in a thread is not shown in the room", () => {
  const edit: Pending = { ...waiting("k"), kind: "edit", target: 2, text: "better" };
  const reply: Pending = { ...waiting("r"), thread: 1 };
  const rows = new Rows();
  const window = log([event(1, ME), event(2, ME)]);
  const before = rows.make(window, [], reading);
  const after = rows.make(window, [edit, reply, { ...reply, key: "s", also: true }], reading);
  expect(after.find((row) => row.key === "e2")).toMatchObject({ event: { text: "better" }, changes: [edit] });
  expect(after.find((row) => row.key === "e1")).toBe(before.find((row) => row.key === "e1"));
  expect(after.filter((row) => row.is === "pending").map((row) => row.key)).toEqual(["ps"]);
});
