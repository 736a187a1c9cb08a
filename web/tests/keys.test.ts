/** The filter of input methods (`platform/inputMethod.ts`) runs before all key handlers of the page. */
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";

const SOURCE = join(import.meta.dirname, "..", "src");
const FILTER = "platform/inputMethod.ts";

const files = readdirSync(SOURCE, { recursive: true, encoding: "utf8" })
  .filter((name) => /\.tsx?$/.test(name) && !/\.test\.tsx?$/.test(name))
  .sort()
  .map((path) => ({ path, text: readFileSync(join(SOURCE, path), "utf8") }));
const filesWith = (what: RegExp): string[] => files.filter(({ text }) => what.test(text)).map(({ path }) => path);

test("the page starts the filter before anything that adds a key handler", () => {
  const main = files.find(({ path }) => path === "main.tsx")?.text ?? "";
  // The filter has to be the first statement after the imports.
  const first = main.split("\n").find((line) => line !== "" && !/^(import|\/\/)/.test(line));
  expect(first).toBe("startInputMethodFilter();");
  // A handler that a module adds while it is imported would come before the filter.
  for (const { path, text } of files)
    for (const line of text.split("\n"))
      if (/^(window\.|document\.|globalThis\.)?addEventListener\(/.test(line)) expect(`${path}: ${line}`).toBe("");
});

test("only the filter looks at which keys an input method uses", () => {
  expect(filesWith(/\bkeyCode\b|\bwhich\b\s*===|"Process"/)).toEqual([FILTER, "ui/shortcuts/typeAnywhere.ts"]);
  // The other files read `isComposing` of `input` events, to change no text during a composition.
  expect(filesWith(/\bisComposing\b/)).toEqual([
    FILTER,
    "ui/composer/keyboard.ts",
    "ui/rooms/dialogs/CreateRoom.tsx",
    "ui/rooms/dialogs/PeoplePicker.tsx",
  ]);
});

test("handlers listen to keydown, which the filter covers", () => {
  // frontTab.ts listens to all keys, only to learn that the user is here.
  expect(filesWith(/onKey(Up|Press)\b|["']key(up|press)["']|on:key/i)).toEqual(["ui/notices/frontTab.ts"]);
});
