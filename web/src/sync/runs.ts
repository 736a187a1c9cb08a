/**
 * Runs: many consecutive joins, departures, renames and invitations, replaced by one entry. If thousands have just joined a room,
 * its window then still holds the messages, not thousands of joins that the page shows in one line. The server folds the pages
 * that it sends (docs/protocol/web.md, `fold`); these functions fold events that were received live or read from the store.
 */
import type { SeqRange } from "./seqRanges";
import { firstSeq, type RoomEvent } from "./types";

/** A run of fewer events than this is not folded. */
const LEAST = 20;
/** How many of a run's last events are kept with it. */
const NEWEST = 3;

const PASSING: ReadonlySet<string> = new Set(["joined", "left", "renamed", "invited"]);

/** Whether an event can be part of a run, or is a run. */
function isPassing(event: RoomEvent): boolean {
  return event.run !== undefined || PASSING.has(event.kind);
}

/** The entry that replaces consecutive events. */
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

/** Replace each long run by one entry. Returns the same array if there is none. */
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

/** The part of an event or a run with greater seqs than `seq`; null if there is none. */
export function after(event: RoomEvent, seq: number): RoomEvent | null {
  if (event.seq <= seq) return null;
  if (event.run === undefined || event.run.first > seq) return event;
  return { ...event, run: { first: seq + 1, newest: event.run.newest.filter((each) => each.seq > seq) } };
}

/**
 * The parts of a page that can be stored: of a run, the page has only the newest events.
 *
 * @param range what the page covers.
 */
export function heldParts(
  events: readonly RoomEvent[],
  [first, last]: SeqRange,
): { span: SeqRange; events: readonly RoomEvent[] }[] {
  const parts: { span: SeqRange; events: readonly RoomEvent[] }[] = [];
  let [from, part]: [number, RoomEvent[]] = [first, []];
  for (const event of events) {
    if (event.run === undefined) part.push(event);
    else {
      if (event.run.first > from) parts.push({ span: [from, event.run.first - 1], events: part });
      part = [...event.run.newest];
      from = part[0]?.seq ?? event.seq + 1;
    }
  }
  if (last >= from) parts.push({ span: [from, last], events: part });
  return parts;
}
