/**
 * The colour of a person's name. Only the hue of the chosen colour is used; lightness and chroma come from the theme, so that
 * every name is legible on every background.
 */
import type { JSX } from "solid-js";

/** Hues in degrees of OKLCH, clearly different from each other, for people who have chosen no colour. */
const HUES = [28, 62, 96, 140, 168, 205, 240, 268, 305, 348] as const;

/** The hue of a colour (`#rrggbb`) in degrees of OKLCH, and whether the colour is grey, which has no hue. */
export function hueOf(colour: string): { hue: number; grey: boolean } {
  const match = /^#([0-9a-f]{2})([0-9a-f]{2})([0-9a-f]{2})$/i.exec(colour);
  if (!match) return { hue: 0, grey: true };
  const [r, g, b] = match.slice(1).map((part) => {
    const value = parseInt(part, 16) / 255;
    return value <= 0.04045 ? value / 12.92 : ((value + 0.055) / 1.055) ** 2.4;
  }) as [number, number, number];
  // Conversion to OKLab, by Björn Ottosson's matrices.
  const l = Math.cbrt(0.4122214708 * r + 0.5363325363 * g + 0.0514459929 * b);
  const m = Math.cbrt(0.2119034982 * r + 0.6806995451 * g + 0.1073969566 * b);
  const s = Math.cbrt(0.0883024619 * r + 0.2817188376 * g + 0.6299787005 * b);
  const a = 1.9779984951 * l - 2.428592205 * m + 0.4505937099 * s;
  const bb = 0.0259040371 * l + 0.7827717662 * m - 0.808675766 * s;
  const hue = (Math.atan2(bb, a) * 180) / Math.PI;
  return { hue: Math.round((hue + 360) % 360), grey: Math.hypot(a, bb) < 0.02 };
}

/**
 * The custom properties for elements with the class `author` and for avatars: `style={authorStyle(id, colour)}`.
 *
 * @param user the id; selects the hue if no colour was chosen.
 * @param colour `#rrggbb`, or empty.
 */
export function authorStyle(user: number, colour: string): JSX.CSSProperties {
  const chosen = colour ? hueOf(colour) : { hue: HUES[user % HUES.length] ?? 0, grey: false };
  return { "--hue": String(chosen.hue), "--grey": chosen.grey ? "0" : "1" };
}
