/** Calls a function soon after each change; if there are many changes, less often. */

/** How many calls in quick succession are immediate. */
const BURST = 10;
/** Milliseconds between throttled calls, and until one more immediate call is allowed. */
const CALM = 100;

/** Returns a function that schedules a call of `tell`. Further calls of it before that have no effect. */
export function paced(tell: () => void): () => void {
  let isComing = false;
  let last = Number.NEGATIVE_INFINITY;
  let spent = 0;
  const run = (): void => {
    isComing = false;
    last = performance.now();
    tell();
  };
  return () => {
    if (isComing) return;
    isComing = true;
    const since = performance.now() - last;
    spent = Math.max(0, spent - since / CALM);
    if (spent < BURST) {
      spent += 1;
      queueMicrotask(run);
    } else {
      setTimeout(run, Math.max(0, CALM - since));
    }
  };
}
