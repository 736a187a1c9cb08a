/**
 * What a store holds of a room's log: ranges of it, with its messages in their present form. All changes up to `end` are in them.
 * Several tabs write to one store, and may be killed at any time.
 */
import { applyStream, changedBy, isChange, uptoOf } from "./forms";
import { type SeqRange, withRange } from "./seqRanges";
import type { RoomEvent, Seq, UserId } from "./types";

/** Which parts of a room's log are stored. The databases of existing users name the ranges `spans`, so they keep that name. */
export interface StoredRanges {
  epoch: string;
  spans: readonly SeqRange[];
  /** The seq up to which the stream of events is stored: all later changes of stored messages are missing. */
  end: Seq;
}

/** A part of a room's log, to be stored: events of the stream, or a page. */
export interface LogPart {
  epoch: string;
  span: SeqRange;
  events: readonly RoomEvent[];
  /** The seq up to which this tab has received the stream; of events of the stream, the last of them. */
  end: Seq;
  /** Of a page: the seq as of which its messages are. Absent: these are events of the stream. */
  asOf?: Seq;
}

/**
 * What to do with a part.
 *
 * "renew": the stream of this tab began after what is stored, so the stored messages lack changes. Replace everything.
 * "skip": it is stored already, or, of a page, it lacks changes that another tab has stored.
 */
export function stepFor(part: LogPart, stored: StoredRanges | undefined): "add" | "renew" | "skip" {
  if (stored === undefined || stored.epoch !== part.epoch) return "renew";
  if (part.asOf !== undefined) {
    if (part.end > stored.end) return "renew";
    return part.asOf < stored.end ? "skip" : "add";
  }
  if (part.span[0] > stored.end + 1) return "renew";
  return part.span[1] <= stored.end ? "skip" : "add";
}

/** The ranges that are stored after a part was added. */
export function rangesWith(part: LogPart, { spans, end }: StoredRanges): readonly SeqRange[] {
  const [first, last] = part.span;
  // Another tab has stored the stream up to `end`, but perhaps not from `first` on: its stream may have begun later.
  return withRange(spans, part.asOf === undefined ? [Math.max(first, end + 1), last] : part.span);
}

/** The seqs outside of its span that a part may change. */
export function reachOf({ span: [first, last], events, asOf }: LogPart): Set<Seq> {
  const seqs = new Set<Seq>();
  if (asOf === undefined)
    for (const event of events) for (const seq of changedBy(event)) if (seq < first || seq > last) seqs.add(seq);
  return seqs;
}

/**
 * Put a part into held events, by seq. Returns the seqs that have changed.
 *
 * @param held the stored events of the part's span, and those at `reachOf`.
 * @param end the seq up to which the stream is stored already.
 * @param me the user.
 */
export function putInto(held: Map<Seq, RoomEvent>, part: LogPart, end: Seq, me: UserId): Set<Seq> {
  if (part.asOf === undefined)
    return applyStream(
      held,
      part.events.filter((event) => event.seq > end),
      me,
    );
  const changed = new Set<Seq>();
  for (const event of part.events) {
    const old = held.get(event.seq);
    if (isChange(event) || (old !== undefined && uptoOf(old) > uptoOf(event))) continue;
    held.set(event.seq, event);
    changed.add(event.seq);
  }
  return changed;
}
