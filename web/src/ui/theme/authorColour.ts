/**
 * The colour of a person's name. People choose any colour; what is shown is its hue, at the lightness and chroma that the
 * theme has for names, so that every name can be read on every ground.
 */
import type { JSX } from "solid-js";

/** Hues that lie well apart on paper, for those who have chosen none. */
const HUES = [28, 62, 96, 140, 168, 205, 240, 268, 305, 348] as const;

/** The hue in degrees of OKLCH, and whether there is one: greys have none. `colour` is `#rrggbb`. */
export function hueOf(colour: string): { hue: number; grey: boolean } {
  const match = /^#([0-9a-f]{2})([0-9a-f]{2})([0-9a-f]{2})$/i.exec(colour);
  if (!match) return { hue: 0, grey: true };
  const [r, g, b] = match.slice(1).map((part) => {
    const value = parseInt(part, 16) / 255;
    return value <= 0.04045 ? value / 12.92 : ((value + 0.055) / 1.055) ** 2.4;
  }) as [number, number, number];
  // Björn Ottosson's OKLab.
  const l = Math.cbrt(0.4122214708 * r + 0.5363325363 * g + 0.0514459929 * b);
  const m = Math.cbrt(0.2119034982 * r + 0.6806995451 * g + 0.1073969566 * b);
  const s = Math.cbrt(0.0883024619 * r + 0.2817188376 * g + 0.6299787005 * b);
  const a = 1.9779984951 * l - 2.428592205 * m + 0.4505937099 * s;
  const bb = 0.0259040371 * l + 0.7827717662 * m - 0.808675766 * s;
  const hue = (Math.atan2(bb, a) * 180) / Math.PI;
  return { hue: Math.round((hue + 360) % 360), grey: Math.hypot(a, bb) < 0.02 };
}

/**
 * The custom properties that `.author` (a name) and avatars are drawn with; set them by `style={authorStyle(id, colour)}`.
 *
 * @param user whose; decides where nothing was chosen.
 * @param colour `#rrggbb`, or empty.
 */
export function authorStyle(user: number, colour: string): JSX.CSSProperties {
  const chosen = colour ? hueOf(colour) : { hue: HUES[user % HUES.length] ?? 0, grey: false };
  return { "--hue": String(chosen.hue), "--grey": chosen.grey ? "0" : "1" };
}
