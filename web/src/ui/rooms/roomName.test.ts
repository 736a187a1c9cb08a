// @vitest-environment happy-dom
import { describe, expect, it } from "vitest";
import { asRoomName, dashed } from "./roomName";

describe("a room's name", () => {
  it("has no spaces and no mark", () => {
    for (const [typed, name] of [
      ["tea", "tea"],
      ["#tea", "tea"],
      ["  our den ", "our-den"],
      ["a  b\tc", "a-b-c"],
      ["##tea", "#tea"],
      ["", ""],
    ]) {
      expect(asRoomName(typed as string)).toBe(name);
    }
  });

  it("keeps the cursor while spaces become dashes", () => {
    const field = document.createElement("input");
    field.value = "our dn";
    field.setSelectionRange(4, 4);
    expect(dashed(field)).toBe("our-dn");
    expect([field.value, field.selectionStart, field.selectionEnd]).toEqual(["our-dn", 4, 4]);
    expect(dashed(field)).toBe("our-dn");
  });
});
