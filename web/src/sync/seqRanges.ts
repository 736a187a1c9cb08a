import type { Seq } from "./types";

/** A contiguous part of a log, from its first to its last seq, both inclusive. */
export type SeqRange = readonly [first: Seq, last: Seq];

/** Add a range to sorted ranges; ranges that touch are merged. An empty range (last < first) changes nothing. */
export function withRange(spans: readonly SeqRange[], [first, last]: SeqRange): readonly SeqRange[] {
  if (last < first) return spans;
  const result: SeqRange[] = [];
  let [low, high] = [first, last];
  for (const span of spans) {
    if (span[1] < low - 1 || span[0] > high + 1) result.push(span);
    else [low, high] = [Math.min(low, span[0]), Math.max(high, span[1])];
  }
  result.push([low, high]);
  return result.sort((one, other) => one[0] - other[0]);
}

/** The range that contains a seq. */
export function rangeAt(spans: readonly SeqRange[], seq: Seq): SeqRange | undefined {
  return spans.find(([first, last]) => first <= seq && seq <= last);
}

/** The ranges without the seqs before `seq`. */
export function rangesFrom(spans: readonly SeqRange[], seq: Seq): readonly SeqRange[] {
  return spans.filter(([, last]) => last >= seq).map(([first, last]) => [Math.max(first, seq), last] as const);
}

/** Whether ranges contain all seqs of another one. */
export function covers(spans: readonly SeqRange[], [first, last]: SeqRange): boolean {
  return last < first || (rangeAt(spans, first)?.[1] ?? 0) >= last;
}
