/** Makes QR codes (ISO/IEC 18004). Loaded with the parts of the page that show one. */
import { correction, generate } from "lean-qr/nano";

/** The width of the light border, in modules (the squares of the code). The standard demands 4; for cameras 2 are enough. */
const BORDER = 2;

export interface QrShape {
  /** The number of modules on each side, including the border. */
  size: number;
  /** The dark modules as the `d` of an SVG path, in which a module is a square of size 1. */
  path: string;
}

/**
 * @param text at most about 2,900 bytes.
 * @throws Error if the text is longer than a code can hold.
 */
export function qrShape(text: string): QrShape {
  const code = generate(text, { minCorrectionLevel: correction.L });
  const runs: string[] = [];
  for (let y = 0; y < code.size; y++) {
    for (let x = 0; x < code.size; x++) {
      const begin = x;
      while (code.get(x, y)) x++;
      if (x > begin) runs.push(`M${begin + BORDER} ${y + BORDER}h${x - begin}v1h${begin - x}z`);
    }
  }
  return { size: code.size + 2 * BORDER, path: runs.join("") };
}
