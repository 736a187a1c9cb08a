/**
 * Long runs of comings and goings, each as one event in place of many: a room that thousands have just joined shows what people
 * said, and its window does not fill with what is one line. The server folds the pages it sends (docs/protocol/web.md, `fold`);
 * this folds what was received live or read from the store. Pure.
 */
import { firstSeq, type RoomEvent } from "./types";

/** Comings and goings with fewer events than this keep each event. */
const LEAST = 20;
/** How many of a run's last events are kept with it. */
const NEWEST = 3;

const PASSING: ReadonlySet<string> = new Set(["joined", "left", "renamed", "invited"]);

/** Whether an event is a coming or going, or a run of them. */
function isPassing(event: RoomEvent): boolean {
  return event.run !== undefined || PASSING.has(event.kind);
}

/** An event in place of consecutive comings and goings. */
function runOf(events: readonly RoomEvent[]): RoomEvent {
  const [first, last] = [events[0], events.at(-1)];
  if (first === undefined || last === undefined) throw new Error("a run of nothing");
  const newest = events.flatMap((event) => event.run?.newest ?? [event]).slice(-NEWEST);
  return {
    seq: last.seq,
    at: last.at,
    user: 0,
    name: "",
    kind: "",
    text: "",
    run: { first: firstSeq(first), newest },
  };
}

/** Folds long runs; returns the same array if there is none. */
export function foldRuns(events: readonly RoomEvent[]): readonly RoomEvent[] {
  let folded: RoomEvent[] | null = null;
  let from = 0;
  while (from < events.length) {
    let to = from;
    while (to < events.length && isPassing(events[to] as RoomEvent)) to += 1;
    if (to - from >= LEAST) {
      folded ??= events.slice(0, from);
      folded.push(runOf(events.slice(from, to)));
    } else if (folded !== null) {
      folded.push(...events.slice(from, to));
    }
    const next = events[to];
    if (next !== undefined) folded?.push(next);
    from = to + 1;
  }
  return folded ?? events;
}

/** The part of an event, or of a run, after a seq; null if nothing of it is. */
export function after(event: RoomEvent, seq: number): RoomEvent | null {
  if (event.seq <= seq) return null;
  if (event.run === undefined || event.run.first > seq) return event;
  return { ...event, run: { first: seq + 1, newest: event.run.newest.filter((each) => each.seq > seq) } };
}

/** The parts of a page whose events are all there, without gaps: what the store can keep. */
export function heldParts(events: readonly RoomEvent[]): (readonly RoomEvent[])[] {
  const parts: RoomEvent[][] = [];
  for (const event of events.flatMap((each) => each.run?.newest ?? [each])) {
    const part = parts.at(-1);
    if (part !== undefined && part.at(-1)?.seq === event.seq - 1) part.push(event);
    else parts.push([event]);
  }
  return parts;
}
