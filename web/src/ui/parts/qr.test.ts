import { expect, test } from "vitest";
import { qrShape } from "./qr";

/** The rows of a QR code as text, with `#` for a dark module and `.` for a light one. */
function rows({ size, path }: ReturnType<typeof qrShape>): string[] {
  const dark = Array.from({ length: size }, () => Array<string>(size).fill("."));
  for (const [, x, y, length] of path.matchAll(/M(\d+) (\d+)h(\d+)v1h-\3z/g))
    for (let column = Number(x); column < Number(x) + Number(length); column++) {
      const row = dark[Number(y)];
      if (row) row[column] = "#";
    }
  return dark.map((row) => row.join(""));
}

test("the path has the finder patterns in three corners, within a light border", () => {
  const shown = rows(qrShape("https://chat.example.org:59000/join/8fZ2xK5r9TqLw3Ym"));
  const finder = ["#######", "#.....#", "#.###.#", "#.###.#", "#.###.#", "#.....#", "#######"];
  const corner = (x: number, y: number): string[] => shown.slice(y, y + 7).map((row) => row.slice(x, x + 7));
  const last = shown.length - 9;
  for (const [x, y] of [
    [2, 2],
    [last, 2],
    [2, last],
  ] as const)
    expect(corner(x, y)).toEqual(finder);
  for (const row of [...shown.slice(0, 2), ...shown.slice(-2)]) expect(row).not.toContain("#");
  for (const row of shown) expect(row).toMatch(/^\.\..*\.\.$/);
});

test("a text that no code can hold is refused", () => {
  expect(() => qrShape("x".repeat(3_000))).toThrow();
});
