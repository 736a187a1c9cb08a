import { createRoot } from "solid-js";
import { expect, it } from "vitest";
import { createDivider } from "./divider";

it("stays where the user has stopped reading, and moves only when everything was read", () => {
  createRoot((end) => {
    const divider = createDivider();
    expect(divider.after()).toBeNull();
    divider.begin(10);
    // Not everything was read: the divider stays.
    divider.came(14, 10);
    expect(divider.after()).toBe(10);
    // Everything was read: the divider moves before the new message.
    divider.came(20, 20);
    expect(divider.after()).toBe(20);
    divider.clear();
    expect(divider.after()).toBeNull();
    divider.came(30, 28);
    expect(divider.after()).toBe(28);
    end();
  });
});
