/** How long to wait before the next attempt to connect. All times in milliseconds. */

const SHORTEST = 500;
const LONGEST = 30_000;
/** A server may ask for a longer pause than our own, but not for any. */
const LONGEST_ASKED = 600_000;
/** A connection that held for so long was no failure. */
const STEADY = 10_000;

/** Delays that double from half a second to 30 seconds, with jitter: many clients do not come back at once. */
export class Backoff {
  #failures = 0;
  readonly #random: () => number;

  /** @param random returns a number in [0, 1). */
  constructor(random: () => number) {
    this.#random = random;
  }

  /** How many attempts have failed since the last connection that held. */
  get failures(): number {
    return this.#failures;
  }

  /**
   * How long to wait.
   *
   * @param held for how long the connection had been good.
   * @param asked how long the server asked to wait, if it did; it is at least that long then, and up to half as long again.
   */
  delay(held: number, asked: number | null = null): number {
    if (held >= STEADY) this.#failures = 0;
    const failures = this.#failures++;
    if (asked !== null) return Math.min(Math.max(asked, SHORTEST), LONGEST_ASKED) * (1 + this.#random() / 2);
    return Math.min(LONGEST, SHORTEST * 2 ** Math.min(failures, 10)) * (0.5 + this.#random() / 2);
  }
}
