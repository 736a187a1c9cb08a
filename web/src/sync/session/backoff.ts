/** The delay before the next attempt to connect. All times are in milliseconds. */

const SHORTEST = 500;
const LONGEST = 30_000;
/** The longest delay that a server may ask for. */
const LONGEST_ASKED = 600_000;
/** After a connection that has lasted this long, the failures are counted from zero again. */
const STEADY = 10_000;

/** Delays double from half a second to 30 seconds, with jitter so that many clients do not reconnect at the same time. */
export class Backoff {
  #failures = 0;
  readonly #random: () => number;

  /** @param random returns a number in [0, 1). */
  constructor(random: () => number) {
    this.#random = random;
  }

  /** How many attempts and short connections have failed in a row. */
  get failures(): number {
    return this.#failures;
  }

  /**
   * Return the delay after a failure.
   *
   * @param held for how long the connection had lasted; 0 if it could not be made.
   * @param asked the delay that the server asked for; the result is between that and one and a half times that.
   */
  delay(held: number, asked: number | null = null): number {
    if (held >= STEADY) this.#failures = 0;
    const failures = this.#failures++;
    if (asked !== null) return Math.min(Math.max(asked, SHORTEST), LONGEST_ASKED) * (1 + this.#random() / 2);
    return Math.min(LONGEST, SHORTEST * 2 ** Math.min(failures, 10)) * (0.5 + this.#random() / 2);
  }
}
