import type { Density } from "../theme";
import type { Row } from "./rows";

/** Pixels: the height of a line, the average width of a character, and the height of the author's name. */
const TEXT: Readonly<Record<Density, { line: number; character: number; head: number }>> = {
  comfortable: { line: 24, character: 7.2, head: 36 },
  compact: { line: 20, character: 6.7, head: 24 },
};

/** An estimate of the height of a row in pixels, for a list of this `width`, to use before the row's element can be measured. */
export function estimate(row: Row, width: number, density: Density): number {
  const { line: lineHeight, character, head } = TEXT[density];
  switch (row.is) {
    case "message":
    case "pending": {
      const text = row.is === "message" ? row.event.text : row.pending.text;
      const perLine = Math.max(16, (Math.min(width - 130, 736) / character) | 0);
      let lines = 0;
      for (const line of text.split("\n", 26)) lines += Math.max(1, Math.ceil(line.length / perLine));
      return Math.min(lines, 21) * lineHeight + 4 + (row.head ? head : 0);
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
