/** Calls that are immediate, but throttled when there are many. */

/** How many immediate calls may follow each other. */
const BURST = 10;
/** Milliseconds between throttled calls, and until one more immediate call is allowed. */
const CALM = 100;

/** Return a function that has `tell` called once soon, however often it is called until then. */
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
