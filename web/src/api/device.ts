/** Which program a session is used by, and on what: from what a browser says of itself. */

export interface Device {
  /** Empty: not known, only that it is a browser. */
  program: string;
  system: string;
}

/** The first that fits is meant: most say that they are others, too. */
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

/** What a session's label says of where it is; null where that is what somebody has called it. */
export function deviceOf(label: string): Device | null {
  const [, program = "", system = ""] = /^(.+) on (\S+)$/.exec(label) ?? [];
  if (PROGRAMS.some(([, name]) => name === program) && SYSTEMS.some(([, name]) => name === system))
    return { program, system };
  // Cut off as it may be: a label is short, and the browser's own name comes last.
  if (!label.startsWith("Mozilla/")) return null;
  const found = { program: first(PROGRAMS, label), system: first(SYSTEMS, label) };
  return found.system ? found : null;
}

/** The label for a session of this browser. Empty: the server takes what the browser says. */
export function labelOf(agent: string): string {
  const device = deviceOf(agent);
  return device?.program ? `${device.program} on ${device.system}` : "";
}
