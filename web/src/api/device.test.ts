/** The browser and the system are found in user agents and in the labels of sessions. */
import { expect, test } from "vitest";
import { deviceOf, labelOf } from "./device";

const WEBKIT = "AppleWebKit/537.36 (KHTML, like Gecko)";
const SAFARI = "AppleWebKit/605.1.15 (KHTML, like Gecko)";

test.each([
  [`Mozilla/5.0 (X11; Linux x86_64) ${WEBKIT} Chrome/140.0.0.0 Safari/537.36`, "Chromium on Linux"],
  [`Mozilla/5.0 (X11; CrOS x86_64 14541.0.0) ${WEBKIT} Chrome/140.0.0.0 Safari/537.36`, "Chromium on ChromeOS"],
  [`Mozilla/5.0 (Linux; Android 10; K) ${WEBKIT} Chrome/140.0.0.0 Mobile Safari/537.36`, "Chromium on Android"],
  ["Mozilla/5.0 (Windows NT 10.0; Win64; x64; rv:143.0) Gecko/20100101 Firefox/143.0", "Firefox on Windows"],
  [
    `Mozilla/5.0 (Windows NT 10.0; Win64; x64) ${WEBKIT} Chrome/140.0.0.0 Safari/537.36 Edg/140.0.0.0`,
    "Edge on Windows",
  ],
  [
    `Mozilla/5.0 (iPhone; CPU iPhone OS 18_6 like Mac OS X) ${SAFARI} Version/18.6 Mobile/15E148 Safari/604.1`,
    "Safari on iPhone",
  ],
  [
    `Mozilla/5.0 (iPhone; CPU iPhone OS 18_6 like Mac OS X) ${SAFARI} CriOS/140.0 Mobile/15E148 Safari/604.1`,
    "Chromium on iPhone",
  ],
  [`Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) ${SAFARI} Version/18.6 Safari/605.1.15`, "Safari on macOS"],
])("the label for %s is %s, from which browser and system can be read", (agent, label) => {
  expect(labelOf(agent)).toBe(label);
  expect(label.length).toBeLessThanOrEqual(32);
  const [program, system] = label.split(" on ");
  expect(deviceOf(agent)).toEqual({ program, system });
  expect(deviceOf(label)).toEqual({ program, system });
});

test("the system is known from a truncated user agent", () => {
  expect(deviceOf("Mozilla/5.0 (X11; Linux x86_64)")).toEqual({ program: "", system: "Linux" });
  expect(labelOf("Mozilla/5.0 (X11; Linux x86_64)")).toBe("");
});

test.each(["parley chat", "browser", "curl/8.5.0", "the old phone", "a cat on Linux", "Mozilla/5.0 (BeOS)", ""])(
  "the label %j was chosen by the user, and names no browser",
  (label) => {
    expect(deviceOf(label)).toBeNull();
    expect(labelOf(label)).toBe("");
  },
);
