/** When those who listen are told: at once, and in a flood every so often. */

/** So many tellings may follow on one another at once. */
const BURST = 10;
/** Milliseconds between two tellings in a flood; and so long it takes until one more may come at once. */
const CALM = 100;

/** Make a function that has `tell` called soon; what comes until then is told together. */
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
