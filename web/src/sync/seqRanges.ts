import type { Seq } from "./types";

/** A piece of a log without holes, from its first to its last seq, both inclusive. */
export type Span = readonly [first: Seq, last: Seq];

/** Add a piece; pieces that touch become one. The result is in order. An empty piece (last < first) adds nothing. */
export function withSpan(spans: readonly Span[], [first, last]: Span): readonly Span[] {
  if (last < first) return spans;
  const result: Span[] = [];
  let [low, high] = [first, last];
  for (const span of spans) {
    if (span[1] < low - 1 || span[0] > high + 1) result.push(span);
    else [low, high] = [Math.min(low, span[0]), Math.max(high, span[1])];
  }
  result.push([low, high]);
  return result.sort((one, other) => one[0] - other[0]);
}

/** The piece that holds a seq, if one does. */
export function spanAt(spans: readonly Span[], seq: Seq): Span | undefined {
  return spans.find(([first, last]) => first <= seq && seq <= last);
}

/** Without what lies before a seq. */
export function spansFrom(spans: readonly Span[], seq: Seq): readonly Span[] {
  return spans.filter(([, last]) => last >= seq).map(([first, last]) => [Math.max(first, seq), last] as const);
}
