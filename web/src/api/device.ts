/** The browser and the system of a session, from its user agent. */

export interface Device {
  /** Empty if the browser is not known. */
  program: string;
  system: string;
}

/** The first pattern that matches counts, as most user agents name other browsers as well. */
const PROGRAMS: readonly (readonly [RegExp, string])[] = [
  [/\bEdg(e|A|iOS)?\//, "Edge"],
  [/\b(OPR|OPiOS)\//, "Opera"],
  [/\bSamsungBrowser\//, "Samsung Internet"],
  [/\b(Firefox|FxiOS)\//, "Firefox"],
  [/\b(Chrome|Chromium|CriOS|HeadlessChrome)\//, "Chromium"],
  [/\bVersion\/.*\bSafari\//, "Safari"],
];

const SYSTEMS: readonly (readonly [RegExp, string])[] = [
  [/\biPhone\b/, "iPhone"],
  [/\biPad\b/, "iPad"],
  [/\bAndroid\b/, "Android"],
  [/\bCrOS\b/, "ChromeOS"],
  [/\bWindows\b/, "Windows"],
  [/\bMacintosh\b/, "macOS"],
  [/\bLinux\b/, "Linux"],
];

const first = (list: readonly (readonly [RegExp, string])[], agent: string): string =>
  list.find(([sign]) => sign.test(agent))?.[1] ?? "";

/** The browser and system that a session's label names; null if it names none, as a label that the user has chosen. */
export function deviceOf(label: string): Device | null {
  const [, program = "", system = ""] = /^(.+) on (\S+)$/.exec(label) ?? [];
  if (PROGRAMS.some(([, name]) => name === program) && SYSTEMS.some(([, name]) => name === system))
    return { program, system };
  // The label may be a truncated user agent without the browser's name, which comes last.
  if (!label.startsWith("Mozilla/")) return null;
  const found = { program: first(PROGRAMS, label), system: first(SYSTEMS, label) };
  return found.system ? found : null;
}

/** The label for a session of this browser; empty to let the server use the user agent. */
export function labelOf(agent: string): string {
  const device = deviceOf(agent);
  return device?.program ? `${device.program} on ${device.system}` : "";
}
