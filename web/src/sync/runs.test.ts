import { array, assert, constantFrom, integer, property, tuple } from "fast-check";
import { expect, test } from "vitest";
import { after, foldRuns, heldParts } from "./runs";
import { firstSeq, type RoomEvent } from "./types";

const event = (seq: number, kind: string): RoomEvent => ({ seq, at: seq, user: 7, name: `u${seq}`, kind, text: "" });
const logs = array(
  tuple(constantFrom("message", "topic", "joined", "left", "renamed"), integer({ min: 1, max: 45 })),
).map((stretches) =>
  stretches.flatMap(([kind, count]) => Array<string>(count).fill(kind)).map((kind, at) => event(at + 1, kind)),
);

const covered = (events: readonly RoomEvent[]): number[] =>
  events.flatMap((each) => Array.from({ length: each.seq - firstSeq(each) + 1 }, (_, at) => firstSeq(each) + at));

test("folding keeps every seq in its place, and everything but comings and goings as it was", () => {
  assert(
    property(logs, (log) => {
      const folded = foldRuns(log);
      expect(covered(folded)).toEqual(log.map((each) => each.seq));
      expect(folded.filter((each) => each.run === undefined && ["message", "topic"].includes(each.kind))).toEqual(
        log.filter((each) => ["message", "topic"].includes(each.kind)),
      );
      expect(foldRuns(folded)).toBe(folded);
      for (const { run, seq } of folded) if (run) expect(run.newest.at(-1)?.seq).toBe(seq);
    }),
  );
});

test("a log that grows by pages and live events holds few entries for many comings and goings", () => {
  let window: readonly RoomEvent[] = [event(1, "message")];
  for (let seq = 2; seq <= 5_000; seq += 1) window = foldRuns([...window, event(seq, "joined")]);
  expect(window.length).toBeLessThan(30);
  expect(covered(window)).toHaveLength(5_000);
});

test("the part of a run after a seq has the rest of it", () => {
  assert(
    property(logs, integer({ min: 0, max: 200 }), (log, seq) => {
      const rest = foldRuns(log).flatMap((each) => after(each, seq) ?? []);
      expect(covered(rest)).toEqual(log.map((each) => each.seq).filter((each) => each > seq));
      for (const { run } of rest) if (run) expect(run.newest.every((each) => each.seq > seq)).toBe(true);
    }),
  );
});

test("of a folded page the store keeps the parts that have all their events", () => {
  const run = { ...event(100, ""), run: { first: 4, newest: [event(99, "left"), event(100, "joined")] } };
  const parts = heldParts([event(2, "message"), event(3, "message"), run, event(101, "message")], [1, 102]);
  expect(parts.map(({ span, events }) => [span, events.map((each) => each.seq)])).toEqual([
    [
      [1, 3],
      [2, 3],
    ],
    [
      [99, 102],
      [99, 100, 101],
    ],
  ]);
});
