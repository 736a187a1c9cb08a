import { expect, test } from "vitest";
import { authorStyle, hueOf } from "./authorColour";

test("a colour has a hue, a grey has none", () => {
  expect(hueOf("#ff0000").hue).toBeCloseTo(29, -1);
  expect(hueOf("#00ff00").hue).toBeCloseTo(142, -1);
  expect(hueOf("#0000ff").hue).toBeCloseTo(264, -1);
  expect(hueOf("#808080").grey).toBe(true);
  expect(hueOf("#ff0000").grey).toBe(false);
});

test("an invalid colour is not put into a style", () => {
  expect(authorStyle(3, "red; background: url(x)")).toEqual({ "--hue": "0", "--grey": "0" });
});

test("without a chosen colour a user always has the same one", () => {
  expect(authorStyle(3, "")).toEqual(authorStyle(3, ""));
  expect(authorStyle(3, "")).not.toEqual(authorStyle(4, ""));
});
