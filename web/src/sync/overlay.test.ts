import { expect, test } from "vitest";
import { overlaid } from "./overlay";
import type { Pending, RoomEvent } from "./types";

const message: RoomEvent = {
  ...{ seq: 4, at: 1, user: 7, name: "bob", kind: "message", text: "said" },
  now: { reactions: [{ emoji: "👍", count: 2, mine: false }], pinned: 9 },
};
const change = (kind: Pending["kind"], text: string, state: Pending["state"] = "queued"): Pending => ({
  ...{ key: text, room: 1, target: 4, kind, text, at: 1, state },
});

test("what the user has changed is shown over the message, in order", () => {
  expect(overlaid(message, [])).toBe(message);
  expect(overlaid(message, [change("edit", "first"), change("edit", "last")])).toMatchObject({
    text: "last",
    now: { edited: 4, pinned: 9 },
  });
  const reacted = overlaid(message, [change("react", "👍"), change("react", "🎉"), change("unreact", "🎉")]);
  expect(reacted.now?.reactions).toEqual([{ emoji: "👍", count: 3, mine: true }]);
  expect(overlaid(message, [change("erase", ""), change("edit", "late")])).toMatchObject({ text: "", now: { by: 7 } });
});

test("a refused change, and one that is so already, change nothing", () => {
  expect(overlaid(message, [change("edit", "no", "refused"), change("unreact", "👍")])).toEqual(message);
});
