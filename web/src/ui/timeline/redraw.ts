/** Schedules redraws of a timeline: in the next frame; less often if there are many changes or if a redraw takes long. */

/** The least milliseconds between two redraws: with 200 messages a second there are about ten redraws. */
const CALM = 90;
/** On a slow machine, the pause between redraws is this many times the duration of a redraw. */
const SHARE = 4;
/** The longest pause, in milliseconds. */
const MOST = 400;
/** Milliseconds until a redraw of a hidden page, which gets no frames. */
const HIDDEN = 250;

export type Redraw = ReturnType<typeof createRedraw>;

export function createRedraw(draw: () => void) {
  let waiting: (() => void) | null = null;
  let drawn = Number.NEGATIVE_INFINITY;
  let pause = CALM;
  const run = (): void => {
    waiting = null;
    const begun = performance.now();
    drawn = begun;
    draw();
    // Measure in a new task: the time then includes layout and paint, which follow the frame's callbacks.
    setTimeout(() => {
      pause = Math.min(MOST, Math.max(CALM, (performance.now() - begun) * SHARE));
    });
  };
  const inFrame = (): void => {
    const request = requestAnimationFrame(run);
    waiting = () => cancelAnimationFrame(request);
  };
  const after = (wait: number, then: () => void): void => {
    const timer = setTimeout(then, wait);
    waiting = () => clearTimeout(timer);
  };
  return {
    /** Schedule a redraw, unless one is scheduled already. */
    soon() {
      if (waiting !== null) return;
      const since = performance.now() - drawn;
      if (document.hidden) after(HIDDEN, run);
      else if (since < pause) after(pause - since, inFrame);
      else inFrame();
    },
    /** Cancel the scheduled redraw, because the caller has redrawn already. */
    cancel() {
      waiting?.();
      waiting = null;
    },
  };
}
