/** The limits of a message's size. */
import { type Accessor, createMemo } from "solid-js";
import { useServer } from "../../state";
import { normalized } from "../../sync/normalized";
import { t } from "../../text";

/** The most lines of a message (docs/protocol/web.md, `text_lines`). */
const LINES = 500;
/** Bytes of a frame besides the text, as a generous estimate. */
const FRAME = 300;
/** If at most this many characters are left, their number is shown. */
const NEAR = 400;

export interface MessageSize {
  /** Characters left, if there are few; else null. */
  left: Accessor<number | null>;
  /** Why the text can not be sent; null if it can. */
  problem: Accessor<string | null>;
}

export function createMessageSize(text: Accessor<string>): MessageSize {
  const server = useServer();
  const limit = (): number => server()?.limits.textChars ?? 8000;
  const sent = createMemo(() => normalized(text()));
  // The server counts code points. Far below the limit, count UTF-16 units instead, which is quicker.
  const left = createMemo(() => {
    const value = sent().trim();
    return limit() - (value.length < limit() - NEAR ? value.length : Array.from(value).length);
  });
  return {
    left: () => (left() <= NEAR && left() >= 0 ? left() : null),
    problem: createMemo(() => {
      if (left() < 0) return t.timeline.tooLong(-left());
      const value = sent();
      if (value.length > LINES && value.trim().split("\n").length > LINES) return t.timeline.tooManyLines(LINES);
      const most = (server()?.limits.frameBytes ?? 16_384) - FRAME;
      // A UTF-16 unit takes at most six bytes in JSON (`\u0000`): shorter texts need not be encoded to know that they fit.
      const isNear = value.length * 6 > most;
      const bytes = isNear ? new TextEncoder().encode(JSON.stringify(value)).length : 0;
      return bytes > most ? t.timeline.tooManyBytes : null;
    }),
  };
}
