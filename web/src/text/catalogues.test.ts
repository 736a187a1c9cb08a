import { describe, expect, test } from "vitest";
import { de } from "./de";
import { panels as germanPanels } from "./de/panels";
import { en } from "./en";
import { panels } from "./en/panels";
import { pick } from "./index";

/** All texts of a catalogue, each with its path. In place of a function's text stands the number of its arguments. */
function texts(catalogue: object, path = ""): [string, string][] {
  return Object.entries(catalogue).flatMap(([key, value]): [string, string][] => {
    const here = path ? `${path}.${key}` : key;
    if (typeof value === "function") return [[here, `(${(value as (...of: unknown[]) => unknown).length})`]];
    return typeof value === "object" && value !== null ? texts(value as object, here) : [[here, String(value)]];
  });
}

describe("the catalogues", () => {
  test("have no empty text", () => {
    for (const catalogue of [
      { ...en, panels },
      { ...de, panels: germanPanels },
    ])
      expect(
        texts({ shell: catalogue.shell, timeline: catalogue.timeline, panels: catalogue.panels }).filter(
          ([, text]) => text.trim() === "",
        ),
      ).toEqual([]);
  });

  test("take the same arguments in every language", () => {
    const taking = (catalogue: object): [string, string][] =>
      texts(catalogue).filter(([, text]) => /^\(\d\)$/.test(text));
    expect(taking({ shell: de.shell, panels: germanPanels })).toEqual(taking({ shell: en.shell, panels }));
  });

  test("have singular and plural", () => {
    expect(en.shell.rooms.unread(1)).toBe("1 unread message");
    expect(en.shell.rooms.unread(2)).toBe("2 unread messages");
    expect(de.shell.rooms.unread(1)).toBe("1 ungelesene Nachricht");
  });
});

test("the language is the first available one of the browser", () => {
  expect(pick(["fr-CA", "de-AT", "en"])).toBe("de");
  expect(pick(["fr"])).toBe("en");
  expect(pick([])).toBe("en");
});
