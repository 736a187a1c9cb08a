/** How much fits into a message. */
import { type Accessor, createMemo } from "solid-js";
import { useServer } from "../../state";
import { t } from "../../text";

/** The most lines a message has (docs/protocol/web.md, `text_lines`). */
const LINES = 500;
/** What a frame holds besides the text, in bytes, with much to spare. */
const FRAME = 300;
/** From so many characters left on, they are counted for the writer. */
const NEAR = 400;

export interface MessageSize {
  /** Characters left, where few are; else null. */
  left: Accessor<number | null>;
  /** Why this can't be sent; null if it can. */
  problem: Accessor<string | null>;
}

export function createMessageSize(text: Accessor<string>): MessageSize {
  const server = useServer();
  const limit = (): number => server()?.limits.textChars ?? 8000;
  // A character is what the server counts: a code point. Far below the limit nobody counts.
  const left = createMemo(() => {
    const value = text().trim();
    return limit() - (value.length < limit() - NEAR ? value.length : Array.from(value).length);
  });
  return {
    left: () => (left() <= NEAR && left() >= 0 ? left() : null),
    problem: createMemo(() => {
      if (left() < 0) return t.timeline.tooLong(-left());
      const value = text();
      if (value.length > LINES && value.trim().split("\n").length > LINES) return t.timeline.tooManyLines(LINES);
      const most = (server()?.limits.frameBytes ?? 16_384) - FRAME;
      // A UTF-16 unit is at most three bytes, and six as an escape.
      const isNear = value.length * 6 > most;
      const bytes = isNear ? new TextEncoder().encode(JSON.stringify(value)).length : 0;
      return bytes > most ? t.timeline.tooManyBytes : null;
    }),
  };
}
