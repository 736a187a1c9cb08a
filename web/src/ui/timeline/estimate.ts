import type { Row } from "./rows";

/** What a row is likely to measure in pixels, before it was in the page. `width` is the list's. */
export function estimate(row: Row, width: number): number {
  switch (row.is) {
    case "message":
    case "pending": {
      const text = row.is === "message" ? row.event.text : row.pending.text;
      const perLine = Math.max(16, (Math.min(width - 130, 736) / 7.2) | 0);
      let lines = 0;
      for (const line of text.split("\n", 26)) lines += Math.max(1, Math.ceil(line.length / perLine));
      return Math.min(lines, 21) * 24 + 4 + (row.head ? 36 : 0);
    }
    case "day":
      return 44;
    case "start":
      return 110;
    case "edge":
      return 60;
    case "new":
      return 32;
    default:
      return 28;
  }
}
